import { statSync } from "node:fs";
import { dirname } from "node:path";
import { type ErrorKind, SamicertsError } from "../base/errors.ts";

type Telling = readonly [kind: ErrorKind, code: string, message: string, hint: string];

const LOCKED: Telling = [
  "io",
  "ledger.locked",
  "the ledger {path} is locked by another process",
  "wait until that process has done its work, then run the same command again",
];
const DAMAGED: Telling = [
  "io",
  "ledger.damaged",
  "{path} is damaged, or is not a ledger",
  "restore it from a backup; without it nobody knows which serials are used",
];
const READ_ONLY: Telling = [
  "io",
  "io.read-only",
  "the ledger {path} can't be written: the directory or the file system does not allow it",
  "choose a --dir that this user may write in, and that is mounted for writing",
];
const NO_SPACE: Telling = [
  "io",
  "io.no-space",
  "the ledger {path} can't be written: no space is left there",
  "free some space, then run the same command again",
];

/** SQLite's primary result codes, and one extended code that has a meaning of its own. */
const TELLINGS: ReadonlyMap<number, Telling> = new Map([
  [5, LOCKED],
  [6, LOCKED],
  [15, LOCKED],
  [8, READ_ONLY],
  [14, READ_ONLY],
  [11, DAMAGED],
  [26, DAMAGED],
  [13, NO_SPACE],
  // IOERR_SHMSIZE: the index of the write-ahead log can't be made as large as it must be.
  [4874, NO_SPACE],
]);

/** What helps where a copy can't be written. */
const COPY_HINTS: ReadonlyMap<string, string> = new Map([
  ["io.missing", "make that directory first, or name a file elsewhere"],
  ["io.is-a-directory", "name a file"],
  ["io.read-only", "name a file where this user may write"],
  ["io.no-space", "free some space, or name a file elsewhere"],
]);

const BUSY: ReadonlySet<number> = new Set([5, 6, 15]);

/** SQLite's result code of an error that libsql threw, undefined where it is none. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { rawCode } = error as { rawCode?: unknown };
  if (typeof rawCode === "number") return rawCode;
  // Failures to open have the code in their text only.
  const opening = /ConnectionFailed\(.*: (\d+)"?\)$/s.exec(error.message);
  return opening === null ? undefined : Number(opening[1]);
}

/** True where the ledger was locked by somebody else. */
export function isBusy(error: unknown): boolean {
  return BUSY.has((sqliteCode(error) ?? 0) & 0xff);
}

/** True where a UNIQUE constraint was violated. */
export function isNotUnique(error: unknown): boolean {
  return sqliteCode(error) === 2067;
}

/**
 * What a failure of the database means to a person: `ledger.locked`, `ledger.damaged`, `io.read-only`,
 * `io.no-space`, `io.missing`, `io.is-a-directory`, `io.failed` (all kind `io`).
 * An error that is none of SQLite's is given back as it is.
 */
export function ledgerError(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const [kind, stable, message, hint] = (code === 14 ? whereItCantOpen(path) : undefined) ??
    TELLINGS.get(code) ??
    TELLINGS.get(code & 0xff) ?? [
      "io",
      "io.failed",
      `the ledger {path} failed: ${error.message}`,
      "check the disk, then run the same command again",
    ];
  return new SamicertsError({
    kind,
    code: stable,
    message: message.replace("{path}", () => path),
    hint,
    cause: error,
  });
}

/** As `ledgerError`, of a copy that could not be written to `path`. */
export function copyError(error: unknown, path: string): unknown {
  const told = ledgerError(error, path);
  if (!(told instanceof SamicertsError)) return told;
  const { kind, code } = told;
  const message = told.message.replace("the ledger ", "");
  const hint = COPY_HINTS.get(code) ?? told.hint;
  return new SamicertsError({ kind, code, message, hint, cause: error });
}

/** SQLite says only that it could not open; look why. */
function whereItCantOpen(path: string): Telling | undefined {
  if (isDirectory(path))
    return [
      "io",
      "io.is-a-directory",
      "{path} is a directory, not a ledger",
      "move it away, or choose another --dir",
    ];
  if (isDirectory(dirname(path))) return undefined;
  return ["io", "io.missing", "the directory of {path} does not exist", "make a root first, or check --dir"];
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
