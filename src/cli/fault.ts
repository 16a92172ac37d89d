import { SamicertsError } from "../base/errors.ts";
import type { Told } from "../report/error.ts";
import { VERSION } from "./version.ts";

/** What the system calls' errors mean, for those that no part of samicerts expected. */
const MEANINGS: ReadonlyMap<string, readonly [message: string, hint: string]> = new Map([
  ["ENOSPC", ["the disk is full", "make room, then run the same command again"]],
  ["EDQUOT", ["the disk quota is used up", "make room, then run the same command again"]],
  ["EROFS", ["the file system is read-only", "choose a directory that can be written, with --dir"]],
  ["EACCES", ["permission denied", "check the owner and the mode of the file and of its directory"]],
  ["EPERM", ["operation not permitted", "check the owner and the mode of the file and of its directory"]],
  ["ENOENT", ["no such file or directory", "check the path"]],
  ["EISDIR", ["it is a directory", "name a file"]],
  ["ENOTDIR", ["a part of the path is not a directory", "check the path"]],
  ["EMFILE", ["too many files are open", "raise the limit with ulimit -n"]],
  ["EIO", ["the device failed", "check the disk; dmesg may tell more"]],
]);

/** What is told of something that no part of samicerts expected: a system call's error, or else a bug. */
export function describeFault(thrown: unknown): SamicertsError | Told {
  if (!(thrown instanceof Error)) return bug(String(thrown));
  const { code, syscall, path } = thrown as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return bug(`${thrown.name}: ${thrown.message}`);
  const [meaning, hint] = MEANINGS.get(code) ?? [code, "check the file, its directory and the disk"];
  const object = path === undefined ? "" : ` ${path}`;
  return new SamicertsError({
    kind: "io",
    code: `io.${code.toLowerCase()}`,
    message: `could not ${syscall}${object}: ${meaning}`,
    hint,
    cause: thrown,
  });
}

function bug(what: string): Told {
  return {
    kind: "bug",
    code: "bug",
    message: `this is a bug in samicerts ${VERSION}: ${what.split("\n", 1)[0] ?? ""}`,
    hint: "run the command again with SAMICERTS_DEBUG=1 and report what it prints",
    findings: [],
  };
}
