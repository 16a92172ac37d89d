import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { COMMAND, plainEnvironment } from "./command.ts";

/** A process of ours that talks while it runs. */
export interface Talking {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Waits until what it has said on either stream fits, and gives the match; rejects where it ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it as `signal` does; gives its exit code, null where the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Waits until it has ended by itself; gives its exit code. */
  ended(): Promise<number | null>;
}

/** A sandbox that runs, and what it said when it began. */
export interface Serving extends Talking {
  /** `http://localhost:1234`, and `https://localhost:5678`, to which `/v1.1` belongs. */
  readonly portal: string;
  readonly api: string;
  readonly apiPort: number;
  /** Tokens of its two accounts, demo's first. */
  readonly tokens: readonly [string, string];
  /** The device type that the vendor's root brings. */
  readonly type: string;
}

const running = new Set<ChildProcess>();

/** Ends whatever still runs; for the end of a suite. */
export function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Starts `samicerts` in a directory, and lets it run. */
export function talk(
  directory: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Talking {
  const child = spawn(process.execPath, [COMMAND, ...words], {
    cwd: directory,
    env: { ...plainEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const said = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
      for (const listener of listeners) listener();
    });
  // `close`, not `exit`: then both streams have been read to their ends.
  const closed = once(child, "close").then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return {
    child,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(said.stdout) ?? pattern.exec(said.stderr);
          if (found === null) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
        void closed.then((code) => {
          look();
          if (listeners.has(look))
            reject(
              new Error(
                `${words[0]} ended with ${code}, and had not said ${pattern}: ${said.stdout}${said.stderr}`,
              ),
            );
        });
      }),
    end: (signal) => {
      child.kill(signal);
      return closed;
    },
    ended: () => closed,
  };
}

/** Starts `sandbox` in a directory, at any ports that are free. */
export async function serveSandbox(directory: string, ...words: string[]): Promise<Serving> {
  const talking = talk(directory, ["sandbox", "--port", "0", "--api-port", "0", ...words]);
  const [text] = words.includes("--json")
    ? await talking.until(/^\{[\s\S]*\n\}\n/)
    : await talking.until(/[\s\S]*\n {2}next [\s\S]*\n$/);
  const find = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? "";
  const api = find(/(https:\/\/[^\s"/]+)\/v1\.1/);
  const tokens = [...text.matchAll(/token"?:? "?([0-9a-f]{32})/g)].map(([, token = ""]) => token);
  return {
    ...talking,
    portal: find(/(http:\/\/[^\s"/]+)/),
    api,
    apiPort: Number(new URL(api).port),
    tokens: [tokens[0] ?? "", tokens[1] ?? ""],
    type: find(/(dt[0-9a-f]{32})/),
  };
}
