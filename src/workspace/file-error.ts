import { dirname } from "node:path";
import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";

/** The system's name for a failure (`ENOENT`), or the error's own text where it has none. */
export function errorCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : error instanceof Error ? error.message : "unknown failure";
}

type Telling = readonly [code: string, message: string, hint: string];

/** What a failed read or write means, by the system's name for it; `{path}` stands for the file, `{directory}` for where it is. */
const READING: ReadonlyMap<string, Telling> = new Map([
  ["ENOENT", ["io.missing", "{path} does not exist", "check the path, or --dir"]],
  ["ENOTDIR", ["io.not-a-directory", "a part of {path} is not a directory", "check the path, or --dir"]],
  ["EISDIR", ["io.is-a-directory", "{path} is a directory, not a file", "name the file itself"]],
  ["EACCES", ["io.denied", "{path} may not be read by this user", "run as the user it belongs to"]],
  ["EPERM", ["io.denied", "{path} may not be read by this user", "run as the user it belongs to"]],
  ["ELOOP", ["io.missing", "{path} is a symbolic link that leads in a circle", "mend the link"]],
] as const);

const READ_ONLY: Telling = [
  "io.read-only",
  "{path} can't be written: the directory or the file system does not allow it",
  "choose a --dir that this user may write in, and that is mounted for writing",
];
const NO_SPACE: Telling = [
  "io.no-space",
  "{path} can't be written: no space is left there",
  "free some space or choose another --dir, then run the same command again",
];

const WRITING: ReadonlyMap<string, Telling> = new Map([
  ["ENOSPC", NO_SPACE],
  ["EDQUOT", NO_SPACE],
  ["EROFS", READ_ONLY],
  ["EACCES", READ_ONLY],
  ["EPERM", READ_ONLY],
  ["ENOENT", ["io.missing", "the directory of {path} does not exist", "make it first: mkdir -p {directory}"]],
  ["ENOTDIR", ["io.not-a-directory", "a part of {path} is not a directory", "check --dir"]],
  [
    "EISDIR",
    ["io.is-a-directory", "{path} is a directory, not a file", "move it away, or choose another --dir"],
  ],
] as const);

/**
 * The error for a file that could not be read or written (kind `io`): `io.no-space`, `io.read-only`, `io.denied`,
 * `io.missing`, `io.not-a-directory`, `io.is-a-directory`, or `io.failed` with the system's own name of the failure.
 * A SamicertsError is given back as it is.
 */
export function fileError(error: unknown, doing: "read" | "write", path: string): SamicertsError {
  if (error instanceof SamicertsError) return error;
  const code = errorCode(error);
  const [stable, message, hint] = (doing === "read" ? READING : WRITING).get(code) ?? [
    "io.failed",
    `{path} could not be ${doing === "read" ? "read" : "written"}: ${code}`,
    "check the disk and the path, then run the same command again",
  ];
  return new SamicertsError({
    kind: "io",
    code: stable,
    message: message.replace("{path}", () => path),
    hint: hint.replace("{directory}", () => shellQuoted(dirname(path))),
    cause: error,
  });
}

/** The error for a file that is there already and is not written over (kind `exists`). */
export function existsError(path: string, what = ""): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message: `${path} exists already${what}; it was not touched`,
    hint: "nothing is written over; choose another --dir, --out or serial, or move the file away",
  });
}
