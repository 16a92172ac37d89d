import { dirname } from "node:path";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { flushDirectory, type WriteDeps, writeCertificate } from "./durable-write.ts";
import { errorCode, fileError } from "./file-error.ts";
import { readBounded } from "./read-file.ts";

/** The longest file accepted, in bytes. */
const MAX_URI_FILE = 8192;

/**
 * Reads the file that says where the root's key is, where that is not root.key: one line, a `pkcs11:` URI.
 * Undefined where there is no such file; throws `io.*`, `input.not-utf8`.
 */
export function readRootKeyUri(files: Files, path: string): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readBounded(files, path, MAX_URI_FILE, "the address of a key");
  } catch (error) {
    if (error instanceof SamicertsError && error.code === "io.missing") return undefined;
    throw error;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch (error) {
    throw new SamicertsError({
      kind: "input",
      code: "input.not-utf8",
      message: `${path} is not UTF-8 text`,
      hint: "it should hold one line, the pkcs11: URI of the root's key",
      cause: error,
    });
  }
}

/** Writes that file, 0644, durable when this returns: it holds nothing secret. Throws `exists.file`, `io.*`. */
export function writeRootKeyUri(deps: WriteDeps, path: string, uri: string): void {
  writeCertificate(deps, path, Buffer.from(`${uri}\n`));
}

/** Removes that file, durably; throws `io.*`. */
export function removeRootKeyUri(files: Files, path: string): void {
  try {
    files.unlink(path);
    flushDirectory(files, dirname(path));
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw fileError(error, "write", path);
  }
}
