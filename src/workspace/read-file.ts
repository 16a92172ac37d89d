import { constants } from "node:fs";
import type { FileFacts, Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import { fileError } from "./file-error.ts";
import { looseMode } from "./loose-mode.ts";

/** The largest private key file accepted, in bytes; an RSA key of 16384 bits takes about 13,000. */
export const MAX_KEY_FILE: number = 256 * 1024;

/** The largest certificate file accepted in the vendor's directory, in bytes. */
const MAX_CERTIFICATE_FILE: number = 1024 * 1024;

/** The largest file with a PIN accepted, in bytes. */
const MAX_PIN_FILE = 1024;

/** A private key file's bytes. */
export interface KeyFile {
  readonly bytes: Uint8Array;
  /** What the person should be told: the file's mode lets others read it. */
  readonly warning?: string;
}

/** Without blocking, or opening a named pipe would wait for somebody to write into it. */
const READ_FLAGS: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Reads a whole regular file of at most `maxBytes`; `what` says in the error what it should have been.
 * It is judged and read through one descriptor, so that it can't be another file in between. Links are followed.
 * Throws `io.missing`, `io.denied`, `io.is-a-directory`, `io.not-a-file`, `io.failed`; `input.too-large` (kind `input`).
 */
export function readBounded(files: Files, path: string, maxBytes: number, what: string): Uint8Array {
  return readChecked(files, path, maxBytes, what, () => undefined);
}

/** Reads a certificate's file in the vendor's directory; throws as `readBounded`. */
export function readCertificateFile(files: Files, path: string): Uint8Array {
  return readBounded(files, path, MAX_CERTIFICATE_FILE, "a certificate");
}

/** Undefined where the file does not exist. */
export function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SamicertsError && error.code === "io.missing") return undefined;
    throw error;
  }
}

/**
 * Reads a private key's file, which must be readable by its owner alone: mode & 0o077 is 0, that of a link's target
 * where it is a link. With `allowMode` a looser mode is a warning instead.
 * Throws `key.permissions` (kind `key`), and as `readBounded`.
 */
export function readPrivateKeyFile(
  files: Files,
  path: string,
  options: { readonly allowMode?: boolean } = {},
): KeyFile {
  let loose: string | undefined;
  const bytes = readChecked(files, path, MAX_KEY_FILE, "a private key", ({ mode }) => {
    if ((mode & 0o077) !== 0) loose = looseMode(path, mode);
  });
  // Another file that was named by mistake is no secret: what it holds instead is what should be said of it.
  if (loose === undefined || !mayHoldKey(bytes)) return { bytes };
  if (options.allowMode === true) return { bytes, warning: loose };
  bytes.fill(0);
  throw new SamicertsError({
    kind: "key",
    code: "key.permissions",
    message: `${loose}; such a key is not used`,
    hint: `chmod 600 ${shellQuoted(path)} (or --allow-key-mode, for secrets mounted into a container)`,
  });
}

/** Whether it is anything but PEM of something else, such as the certificate in place of its key. */
function mayHoldKey(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return !text.includes("-----BEGIN ") || text.includes("PRIVATE KEY-----");
}

/**
 * Reads the one line of a file with a PIN, which must be readable by its owner alone; with `allowLoose`, which is told
 * that it is not, a looser mode is a warning instead.
 * Throws `token.pin-permissions`, `token.pin-malformed` (kind `key`), and as `readBounded`.
 */
export function readPinFile(files: Files, path: string, allowLoose?: (warning: string) => void): string {
  const bytes = readChecked(files, path, MAX_PIN_FILE, "a PIN", ({ mode }) => {
    if ((mode & 0o077) === 0) return;
    const loose = looseMode(path, mode);
    if (allowLoose !== undefined) return allowLoose(loose);
    throw new SamicertsError({
      kind: "key",
      code: "token.pin-permissions",
      message: `${loose}; such a PIN is not used`,
      hint: `chmod 600 ${shellQuoted(path)}, and change the PIN (or --allow-key-mode, for secrets mounted into a container)`,
    });
  });
  const pin = Buffer.from(bytes)
    .toString("utf8")
    .replace(/\r?\n$/, "");
  bytes.fill(0);
  if (!/[\0\r\n\ufffd]/.test(pin)) return pin;
  throw new SamicertsError({
    kind: "key",
    code: "token.pin-malformed",
    message: `${path} is not one line of UTF-8 text`,
    hint: "write the PIN into it and nothing else",
  });
}

function readChecked(
  files: Files,
  path: string,
  maxBytes: number,
  what: string,
  check: (facts: FileFacts) => void,
): Uint8Array {
  let fd: number | undefined;
  try {
    fd = files.open(path, READ_FLAGS);
    const facts = files.fstat(fd);
    if (facts.kind !== "file") throw notAFile(path, what, facts.kind);
    check(facts);
    const bytes = facts.size > maxBytes ? undefined : readAll(files, fd, facts.size, maxBytes);
    if (bytes !== undefined) return bytes;
    throw new SamicertsError({
      kind: "input",
      code: "input.too-large",
      message: `${path} is larger than the ${maxBytes} bytes that ${what} may have`,
      hint: `name a file that holds ${what}`,
    });
  } catch (error) {
    throw fileError(error, "read", path);
  } finally {
    if (fd !== undefined) closeRead(files, fd);
  }
}

/** Nothing that was read is lost where the descriptor does not close cleanly. */
function closeRead(files: Files, fd: number): void {
  try {
    files.close(fd);
  } catch {}
}

/** Reads to the end; undefined where there is more than `maxBytes`: the file may have grown since it was judged. */
function readAll(files: Files, fd: number, size: number, maxBytes: number): Uint8Array | undefined {
  let bytes = new Uint8Array(size + 1);
  let length = 0;
  for (;;) {
    const count = files.read(fd, bytes, length, bytes.length - length);
    length += count;
    // The file's size and a read that could have given more agree on where it ends.
    if (count === 0 || length === size) return bytes.subarray(0, length);
    if (length > maxBytes) return undefined;
    if (length < bytes.length) continue;
    const larger = new Uint8Array(Math.min(2 * bytes.length, maxBytes + 1));
    larger.set(bytes);
    bytes = larger;
  }
}

function notAFile(path: string, what: string, kind: FileFacts["kind"]): SamicertsError {
  const directory = kind === "directory";
  return new SamicertsError({
    kind: "io",
    code: directory ? "io.is-a-directory" : "io.not-a-file",
    message: `${path} is ${directory ? "a directory" : "a device or a pipe"}, not a file with ${what}`,
    hint: directory ? "name a file in it" : "copy its content into a file first",
  });
}
