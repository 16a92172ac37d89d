import { dirname } from "node:path";
import type { Files } from "../base/effects.ts";
import { flushDirectory, setMode, writeAll } from "./durable-write.ts";
import { errorCode, existsError, fileError } from "./file-error.ts";

/** So many characters are written at once. */
const CHUNK = 1 << 20;

/**
 * Writes a text that comes in pieces to a new file that everybody may read, durable when this returns; where it fails,
 * nothing of it is left. Throws `exists.file`, `io.*`, and what the pieces throw.
 */
export function writePieces(files: Files, path: string, pieces: Iterable<string>): void {
  let fd: number;
  try {
    fd = files.open(path, "wx", 0o644);
  } catch (error) {
    throw errorCode(error) === "EEXIST" ? existsError(path) : fileError(error, "write", path);
  }
  try {
    setMode(files, fd, 0o644);
    let chunk = "";
    for (const piece of pieces) {
      chunk += piece;
      if (chunk.length < CHUNK) continue;
      writeAll(files, fd, Buffer.from(chunk));
      chunk = "";
    }
    writeAll(files, fd, Buffer.from(chunk));
    files.fsync(fd);
    files.close(fd);
    flushDirectory(files, dirname(path));
  } catch (error) {
    quietly(() => files.close(fd));
    quietly(() => files.unlink(path));
    throw fileError(error, "write", path);
  }
}

function quietly(clean: () => void): void {
  try {
    clean();
  } catch {}
}
