import { basename, dirname, join } from "node:path";
import type { Files, Random } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { temporaryName } from "../base/temporary-name.ts";
import { errorCode, existsError, fileError } from "./file-error.ts";

/** What writing needs of the world. */
export interface WriteDeps {
  readonly files: Files;
  readonly random: Random;
}

/** Failures of `link` that mean: this file system has no hard links. */
const NO_LINKS: ReadonlySet<string> = new Set([
  "EPERM",
  "EACCES",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
]);
/** Failures of flushing a directory that mean: this system has no such thing. */
const NO_DIRECTORY_FLUSH: ReadonlySet<string> = new Set([
  "EINVAL",
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
]);
/** Failures of setting permissions that mean: this file system has none. */
const NO_MODES: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * Writes a private key to a new file of mode 0600, readable by nobody else from its first moment on, and durable
 * when this returns. Throws `exists.file` where anything is there, a dangling link too, and `io.*`; then nothing
 * is left of it.
 */
export function writeKey(deps: WriteDeps, path: string, bytes: Uint8Array): void {
  const temporary = writeTemporary(deps, path, bytes, 0o600);
  publish(deps.files, temporary, path);
}

/**
 * Writes the same private key in another form over the file that has it, which must be a regular file: at every moment
 * one of the two is there whole, and readable by its owner alone. Throws `exists.file` for a link, and `io.*`.
 */
export function replaceKey(deps: WriteDeps, path: string, bytes: Uint8Array): void {
  refuseLink(deps.files, path);
  replace(deps.files, writeTemporary(deps, path, bytes, 0o600), path);
}

/**
 * Writes a certificate, or whatever else everybody may read, to a file of mode 0644 whatever the umask, durable when this returns.
 * With `replace` it takes the place of a regular file; otherwise, and for a link, throws `exists.file`. Throws `io.*`.
 * Where it fails, the file is as it was before; only a directory that can't be flushed after a replacement leaves
 * the new certificate in place without the promise that it outlasts a power failure.
 */
export function writeCertificate(
  deps: WriteDeps,
  path: string,
  bytes: Uint8Array | Iterable<Uint8Array>,
  options: { readonly replace?: boolean } = {},
): void {
  if (options.replace === true) refuseLink(deps.files, path);
  const temporary = writeTemporary(deps, path, bytes, 0o644);
  if (options.replace === true) replace(deps.files, temporary, path);
  else publish(deps.files, temporary, path);
}

/**
 * Gives a private key a second name, durably, so that there is one key on the disk and not two; a file system without
 * links gets a copy. Throws `exists.file` where anything is there, and `io.*`.
 */
export function linkKey(deps: WriteDeps, from: string, path: string, read: () => Uint8Array): void {
  const { files } = deps;
  try {
    files.link(from, path);
  } catch (error) {
    if (NO_LINKS.has(errorCode(error))) {
      const bytes = read();
      writeKey(deps, path, bytes);
      bytes.fill(0);
      return;
    }
    throw errorCode(error) === "EEXIST" ? existsError(path) : fileError(error, "write", path);
  }
  try {
    flushDirectory(files, dirname(path));
  } catch (error) {
    quietly(() => files.unlink(path));
    throw fileError(error, "write", path);
  }
}

/** Writes all of `bytes`, whole or in pieces, beside `path` and flushes them; gives the temporary file's path. */
function writeTemporary(
  deps: WriteDeps,
  path: string,
  bytes: Uint8Array | Iterable<Uint8Array>,
  mode: number,
): string {
  const { files, random } = deps;
  const suffix = Buffer.from(random.bytes(8)).toString("hex");
  const temporary = join(dirname(path), temporaryName(basename(path), suffix));
  let fd: number;
  try {
    fd = files.open(temporary, "wx", 0o600);
  } catch (error) {
    throw fileError(error, "write", path);
  }
  try {
    try {
      setMode(files, fd, mode);
      for (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) writeAll(files, fd, piece);
      files.fsync(fd);
    } catch (error) {
      quietly(() => files.close(fd));
      throw error;
    }
    files.close(fd);
    return temporary;
  } catch (error) {
    quietly(() => files.unlink(temporary));
    throw fileError(error, "write", path);
  }
}

/**
 * Gives an open file its mode: the umask may have taken more than it should, or less than a certificate allows.
 * Throws the system's own error.
 */
export function setMode(files: Files, fd: number, mode: number): void {
  try {
    files.fchmod(fd, mode);
  } catch (error) {
    if (!NO_MODES.has(errorCode(error))) throw error;
    // Without permissions of its own, such as on a memory stick, the file has those of the mount.
    if (mode === 0o600 && (files.fstat(fd).mode & 0o077) !== 0) throw error;
  }
}

/** Writes all of `bytes`, in as many calls as it takes; throws the system's own error. */
export function writeAll(files: Files, fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const written = files.write(fd, bytes, at);
    if (written <= 0) throw new Error("the system took none of the bytes");
    at += written;
  }
}

/** Gives the temporary file its name, which must be free: a link is never made over a file, not even in a race. */
function publish(files: Files, temporary: string, path: string): void {
  let made = false;
  try {
    try {
      files.link(temporary, path);
      made = true;
      files.unlink(temporary);
    } catch (error) {
      if (made || !NO_LINKS.has(errorCode(error))) throw error;
      // An empty file of our own holds the name first, so that the rename can't hit anybody else's.
      const fd = files.open(path, "wx", 0o600);
      made = true;
      files.close(fd);
      files.rename(temporary, path);
    }
    flushDirectory(files, dirname(path));
  } catch (error) {
    quietly(() => files.unlink(temporary));
    if (made) quietly(() => files.unlink(path));
    throw errorCode(error) === "EEXIST" ? existsError(path) : fileError(error, "write", path);
  }
}

function replace(files: Files, temporary: string, path: string): void {
  try {
    files.rename(temporary, path);
  } catch (error) {
    quietly(() => files.unlink(temporary));
    throw fileError(error, "write", path);
  }
  try {
    flushDirectory(files, dirname(path));
  } catch (error) {
    throw new SamicertsError({
      kind: "io",
      code: "io.failed",
      message: `${path} was replaced, but its directory could not be flushed: ${errorCode(error)}`,
      hint: "check the disk, then run the same command again",
      cause: error,
    });
  }
}

function refuseLink(files: Files, path: string): void {
  let link: boolean;
  try {
    link = files.lstat(path).kind === "link";
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw fileError(error, "write", path);
  }
  if (link) throw existsError(path, " as a symbolic link");
}

/** Makes a directory's entries durable, where the system can; throws the system's own error. */
export function flushDirectory(files: Files, directory: string): void {
  const fd = files.open(directory, "r");
  try {
    files.fsync(fd);
  } catch (error) {
    if (!NO_DIRECTORY_FLUSH.has(errorCode(error))) throw error;
  } finally {
    quietly(() => files.close(fd));
  }
}

/** Cleaning up after a failure must not hide that failure. */
function quietly(clean: () => void): void {
  try {
    clean();
  } catch {}
}
