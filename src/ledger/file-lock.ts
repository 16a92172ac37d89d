import { closeSync, existsSync, openSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import { LOCK, leave } from "./holder.ts";
import { connect } from "./sqlite-connection.ts";
import { isBusy } from "./sqlite-error.ts";

const MAX_ATTEMPTS = 8;
/** A link for each open file: to its path, with ` (deleted)` behind it where it was removed. */
const DESCRIPTORS = "/proc/self/fd";

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
    if (before !== undefined && before === identityOf(path) && isOpen(path))
      return () => leave(connection, path);
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

/**
 * Whether this process has the very file open that is at `path` now. Linux gives a removed file's number to the next
 * one at once, so that the number alone may be a third file's; other systems do not, or don't let go of an open file.
 */
function isOpen(path: string): boolean {
  if (process.platform !== "linux") return true;
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    return false;
  }
  let descriptors: readonly string[];
  try {
    descriptors = readdirSync(DESCRIPTORS);
  } catch {
    // No /proc here.
    return true;
  }
  return descriptors.some((descriptor) => {
    try {
      return readlinkSync(`${DESCRIPTORS}/${descriptor}`) === real;
    } catch {
      return false;
    }
  });
}

function identityOf(path: string): string | undefined {
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (facts === undefined) return undefined;
  if (facts.size > 0n || !facts.isFile()) throw lockError(path, new Error("something else is there"));
  return `${facts.dev} ${facts.ino}`;
}

function lockError(path: string, cause: unknown): SamicertsError {
  const why = (cause as { readonly code?: string }).code ?? (cause as Error).message;
  if (why === "ENOENT" && !existsSync(dirname(path)))
    return new SamicertsError({
      kind: "io",
      code: "io.missing",
      message: `the directory ${dirname(path)} does not exist`,
      hint: `make it first: mkdir -p ${shellQuoted(dirname(path))}`,
      cause,
    });
  return new SamicertsError({
    kind: "io",
    code: why === "ENOSPC" || why === "EDQUOT" ? "io.no-space" : "io.failed",
    message: `the lock file ${path} can't be made: ${why}`,
    hint: "check that its directory is there and that this user may write in it",
    cause,
  });
}
