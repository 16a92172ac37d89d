import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { COMMAND, plainEnvironment } from "./command.ts";

/** A server that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly stdout: string;
  /** Ends it as `signal` does; gives its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  stderr(): string;
}

const running = new Set<ChildProcess>();

/** Ends whatever still runs; for the end of a suite. */
export function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Starts `ocsp serve` in a directory, at any port that is free. */
export async function serve(directory: string, ...words: string[]): Promise<Running> {
  const child = spawn(process.execPath, [COMMAND, "ocsp", "serve", "--listen", "127.0.0.1:0", ...words], {
    cwd: directory,
    env: plainEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, "exit");
  let stdout = "";
  for await (const chunk of child.stdout ?? []) {
    stdout += String(chunk);
    if (/\n$/.test(stdout) && /http:\/\/\S+/.test(stdout)) break;
  }
  const url = /http:\/\/[^\s"]+/.exec(stdout)?.[0];
  if (url === undefined) throw new Error(`it did not begin: ${stdout}${stderr}`);
  return {
    child,
    url,
    stdout,
    stderr: () => stderr,
    async end(signal) {
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      running.delete(child);
      return code;
    },
  };
}
