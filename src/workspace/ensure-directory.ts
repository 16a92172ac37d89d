import { dirname } from "node:path";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import { flushDirectory } from "./durable-write.ts";
import { errorCode, existsError, fileError } from "./file-error.ts";

/**
 * Makes a directory (0755, less the umask) where it is absent, its last component only, durable when this returns.
 * Throws `io.missing` where its parent is absent, `io.not-a-directory` where something else has its name, `io.*`.
 */
export function ensureDirectory(files: Files, path: string): void {
  try {
    if (isThere(files, path)) return;
    files.mkdir(path, 0o755);
    flushDirectory(files, dirname(path));
  } catch (error) {
    // Another process made it between the look and the making.
    if (errorCode(error) === "EEXIST" && isThere(files, path)) return;
    // A file system that lets nobody make anything may say ENOENT too, as /proc does.
    if (errorCode(error) === "ENOENT" && !isThere(files, dirname(path)))
      throw new SamicertsError({
        kind: "io",
        code: "io.missing",
        message: `${path} can't be made: ${dirname(path)} does not exist`,
        hint: `make it first: mkdir -p ${shellQuoted(dirname(path))}`,
        cause: error,
      });
    if (errorCode(error) === "EEXIST") throw existsError(path, " as a symbolic link that leads nowhere");
    throw fileError(error, "write", path);
  }
}

/** Links are followed: a vendor may keep the devices on another disk. */
function isThere(files: Files, path: string): boolean {
  try {
    if (files.stat(path).kind === "directory") return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
  throw new SamicertsError({
    kind: "io",
    code: "io.not-a-directory",
    message: `${path} is there, but is not a directory`,
    hint: "move it away, or choose another --dir or --out",
  });
}
