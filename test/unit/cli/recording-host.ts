import type { Host, Sink } from "../../../src/cli/host.ts";

/** A host that keeps what is printed. */
export interface RecordingHost extends Host {
  readonly out: () => string;
  readonly err: () => string;
}

/** Makes a host with an environment and nothing printed yet; `terminal` makes both streams terminals, `columns` wide. */
export function recordingHost(
  env: Record<string, string> = {},
  terminal = false,
  columns = 80,
): RecordingHost {
  const out: string[] = [];
  const err: string[] = [];
  const sink = (pieces: string[]): Sink => ({
    isTerminal: terminal,
    redraws: terminal && env.TERM !== "dumb",
    columns,
    write: (text) => pieces.push(text) > 0,
  });
  return { env, stdout: sink(out), stderr: sink(err), out: () => out.join(""), err: () => err.join("") };
}
