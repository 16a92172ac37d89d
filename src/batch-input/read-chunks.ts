import { constants } from "node:fs";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { fileError } from "../workspace/file-error.ts";

const CHUNK = 64 * 1024;
/** Without blocking, or opening a named pipe would wait for somebody to write into it. */
const READ_FLAGS: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Reads a regular file from its beginning to its end, a piece at a time, always into the same memory.
 * Throws `io.missing`, `io.denied`, `io.is-a-directory`, `io.not-a-file`, `io.failed`.
 */
export function* readChunks(files: Files, path: string): Generator<Uint8Array> {
  let fd: number | undefined;
  try {
    fd = files.open(path, READ_FLAGS);
    const { kind } = files.fstat(fd);
    if (kind !== "file") throw notAFile(path, kind === "directory");
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const count = files.read(fd, chunk, 0, CHUNK);
      if (count === 0) return;
      yield chunk.subarray(0, count);
    }
  } catch (error) {
    throw fileError(error, "read", path);
  } finally {
    if (fd !== undefined) closeQuietly(files, fd);
  }
}

function notAFile(path: string, directory: boolean): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: directory ? "io.is-a-directory" : "io.not-a-file",
    message: `${path} is ${directory ? "a directory" : "a device or a pipe"}, not a file with devices in it`,
    hint: directory ? "name a file in it" : `pipe it in instead: cat ${path} | samicerts batch -`,
  });
}

/** Nothing is lost where a file that was read can't be closed. */
function closeQuietly(files: Files, fd: number): void {
  try {
    files.close(fd);
  } catch {}
}
