import { readSync } from "node:fs";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { fileError } from "../workspace/file-error.ts";
import { readBounded } from "../workspace/read-file.ts";
import { pause } from "./host.ts";

/** The operand that stands for standard input. */
export const STDIN = "-";

/** What a source is called in messages. */
export function sourceName(path: string): string {
  return path === STDIN ? "standard input" : path;
}

/** The same error as one of invalid input: what can't be read ends in exit code 2, whatever the reason. */
export function asInput(error: SamicertsError): SamicertsError {
  const { code, message, hint } = error;
  return error.kind === "io"
    ? new SamicertsError({ kind: "input", code, message, hint, cause: error })
    : error;
}

/** Reads a file, or standard input for `-`, to its end; `what` says what it should hold. Throws `io.*`, `input.too-large`. */
export function readInput(path: string, files: Files, maxBytes: number, what: string): Uint8Array {
  return path === STDIN ? readStdin(maxBytes, what) : readBounded(files, path, maxBytes, what);
}

const CHUNK = 64 * 1024;

/** Reads standard input to its end; throws `input.too-large`, `io.failed`. */
function readStdin(maxBytes: number, what: string): Uint8Array {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let count: number;
    try {
      count = readSync(0, chunk, 0, CHUNK, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") break;
      if (code !== "EAGAIN") throw asInput(fileError(error, "read", sourceName(STDIN)));
      pause();
      continue;
    }
    if (count === 0) break;
    length += count;
    if (length > maxBytes)
      throw new SamicertsError({
        kind: "input",
        code: "input.too-large",
        message: `standard input is longer than the ${maxBytes} bytes that ${what} may have`,
        hint: "give a file's name instead, or less of it",
      });
    chunks.push(chunk.subarray(0, count));
  }
  return Buffer.concat(chunks, length);
}
