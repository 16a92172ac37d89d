import { closeSync, openSync, statSync } from "node:fs";
import { SamicertsError } from "../base/errors.ts";
import { LOCK, leave } from "./holder.ts";
import { connect } from "./sqlite-connection.ts";
import { isBusy } from "./sqlite-error.ts";

const MAX_ATTEMPTS = 8;

/**
 * Locks the file `path` for this process, with the lock that the ledger's holders have (see holder.ts): the system
 * frees it when the process ends. Gives what unlocks it, undefined where another process has it.
 * Throws `io.failed` where there can be no such file, or one with something in it is there.
 */
export function lockFile(path: string): (() => void) | undefined {
  for (let attempt = 0; ; attempt++) {
    const before = touch(path);
    const connection = connect(path, 0);
    try {
      connection.exec(LOCK);
    } catch (error) {
      connection.close();
      if (isBusy(error)) return undefined;
      throw lockError(path, error);
    }
    // Whoever had it may have removed it in between, and somebody else made it anew: then this is not the same file.
    if (before !== undefined && before === identityOf(path)) return () => leave(connection, path);
    connection.close();
    if (attempt === MAX_ATTEMPTS) return undefined;
  }
}

/**
 * Makes the file where it is absent; gives its identity, undefined where it is gone again already. One that is there is
 * not opened: to close it again would free the locks that this very process has on it.
 */
function touch(path: string): string | undefined {
  const there = identityOf(path);
  if (there !== undefined) return there;
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as { readonly code?: string }).code !== "EEXIST") throw lockError(path, error);
  }
  return identityOf(path);
}

function identityOf(path: string): string | undefined {
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (facts === undefined) return undefined;
  if (facts.size > 0n || !facts.isFile()) throw lockError(path, new Error("something else is there"));
  return `${facts.dev} ${facts.ino}`;
}

function lockError(path: string, cause: unknown): SamicertsError {
  const why = (cause as { readonly code?: string }).code ?? (cause as Error).message;
  return new SamicertsError({
    kind: "io",
    code: why === "ENOSPC" || why === "EDQUOT" ? "io.no-space" : "io.failed",
    message: `the lock file ${path} can't be made: ${why}`,
    hint: "check that its directory is there and that this user may write in it",
    cause,
  });
}
