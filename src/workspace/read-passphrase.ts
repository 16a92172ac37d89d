import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import { fileError } from "./file-error.ts";
import { looseMode } from "./loose-mode.ts";

/** The longest passphrase read, in bytes. */
const MAX_BYTES = 4096;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads a file with a passphrase, less one newline at its end; a pipe will do, as a shell's <(...) gives it. A file must
 * be readable by its owner alone; with `allowLoose`, which is told that it is not, a looser mode is a warning instead.
 * Throws `passphrase.permissions` (kind `key`), `io.*`, `input.too-large`.
 */
export function readPassphraseFile(
  files: Files,
  path: string,
  options: { readonly allowLoose?: (warning: string) => void } = {},
): Uint8Array {
  const bytes = Buffer.alloc(MAX_BYTES + 1);
  let length = 0;
  let fd: number | undefined;
  try {
    fd = files.open(path, "r");
    const { kind, mode } = files.fstat(fd);
    if (kind === "file" && (mode & 0o077) !== 0) {
      const loose = looseMode(path, mode);
      if (options.allowLoose === undefined) throw exposed(path, loose);
      options.allowLoose(loose);
    }
    for (let count = -1; count !== 0 && length <= MAX_BYTES; length += count)
      count = files.read(fd, bytes, length, bytes.length - length);
  } catch (error) {
    throw fileError(error, "read", path);
  } finally {
    if (fd !== undefined) closeQuietly(files, fd);
  }
  if (length > MAX_BYTES)
    throw new SamicertsError({
      kind: "input",
      code: "input.too-large",
      message: `${path} is larger than the ${MAX_BYTES} bytes that a passphrase may have`,
      hint: "name a file that holds a passphrase and nothing else",
    });
  const end = bytes[length - 1] === LF ? (bytes[length - 2] === CR ? length - 2 : length - 1) : length;
  return bytes.subarray(0, end);
}

function exposed(path: string, loose: string): SamicertsError {
  return new SamicertsError({
    kind: "key",
    code: "passphrase.permissions",
    message: `${loose}; such a passphrase is not used`,
    hint: `chmod 600 ${shellQuoted(path)} (or --allow-key-mode, for secrets mounted into a container)`,
  });
}

function closeQuietly(files: Files, fd: number): void {
  try {
    files.close(fd);
  } catch {}
}
