import { closeSync, openSync } from "node:fs";
import { fileError } from "../../workspace/file-error.ts";
import type { Flags } from "../flag-values.ts";
import { SANDBOX_FLAG } from "../sandbox-flags.ts";
import { usageError } from "../usage.ts";

/**
 * The file that `--state` names, made where it is absent, for nobody else to read: it has a server's key in it.
 * Undefined where the flag is not given; throws `io.*`.
 */
export function stateFile(flags: Flags): string | undefined {
  const path = flags.text(SANDBOX_FLAG.state);
  if (path === undefined) return undefined;
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    throw fileError(error, "write", path);
  }
  return path;
}

/** As `stateFile`, for what would be lost without one; throws `usage.no-state`. */
export function neededStateFile(flags: Flags): string {
  const path = stateFile(flags);
  if (path !== undefined) return path;
  throw usageError(
    "no-state",
    "it is not said which sandbox: one that has its state in memory can't be told",
    "name the file with --state, and start the sandbox with the same: samicerts sandbox --state sandbox.db",
  );
}
