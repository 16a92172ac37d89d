import { constants } from "node:fs";
import { dirname } from "node:path";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { flushDirectory, setMode, writeAll } from "../workspace/durable-write.ts";
import { errorCode, existsError, fileError } from "../workspace/file-error.ts";

/** Through no link: what it leads to is not the file that was made. */
const REOPEN_FLAGS: number = constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

/**
 * A file that only grows, and whose end may be torn by a crash: what lies beyond the length that was committed is cut
 * off when it is opened again. After a failure it is of no more use but to be closed.
 */
export class AppendFile {
  readonly path: string;
  private readonly files: Files;
  private readonly fd: number;
  /** Octets in the file, flushed or not. */
  private end: number;
  private broken = false;

  private constructor(files: Files, path: string, fd: number, end: number) {
    this.files = files;
    this.path = path;
    this.fd = fd;
    this.end = end;
  }

  /** Makes the file, which must not be there, its name durable; throws `exists.file`, also for a dangling link, and `io.*`. */
  static create(files: Files, path: string, mode: number): AppendFile {
    let fd: number;
    try {
      fd = files.open(path, "wx", 0o600);
    } catch (error) {
      throw errorCode(error) === "EEXIST" ? existsError(path) : fileError(error, "write", path);
    }
    return closingOnError(files, path, fd, () => {
      try {
        setMode(files, fd, mode);
        flushDirectory(files, dirname(path));
      } catch (error) {
        quietly(() => files.unlink(path));
        throw error;
      }
      return new AppendFile(files, path, fd, 0);
    });
  }

  /**
   * Opens the file again and cuts it back to `length` octets.
   * Throws `output.missing`, `output.damaged` where it is shorter than that, `exists.file` for a link, and `io.*`.
   */
  static reopen(files: Files, path: string, length: number): AppendFile {
    let fd: number;
    try {
      fd = files.open(path, REOPEN_FLAGS);
    } catch (error) {
      if (errorCode(error) === "ENOENT") throw missing(path);
      throw errorCode(error) === "ELOOP"
        ? existsError(path, " as a symbolic link")
        : fileError(error, "write", path);
    }
    return closingOnError(files, path, fd, () => {
      const { kind, size } = files.fstat(fd);
      if (kind !== "file") throw existsError(path, ", but not as a file");
      if (size < length) throw damaged(path, size, length);
      if (size > length) files.ftruncate(fd, length);
      return new AppendFile(files, path, fd, length);
    });
  }

  /** Makes the file, or empties the one that is there; throws as the others do. */
  static anew(files: Files, path: string, mode: number): AppendFile {
    return isThere(files, path) ? AppendFile.reopen(files, path, 0) : AppendFile.create(files, path, mode);
  }

  append(bytes: Uint8Array): void {
    this.guard(() => writeAll(this.files, this.fd, bytes));
    this.end += bytes.length;
  }

  /** Makes all of it durable; gives its length in octets. */
  flush(): number {
    this.guard(() => this.files.fsync(this.fd));
    return this.end;
  }

  close(): void {
    quietly(() => this.files.close(this.fd));
  }

  /** After a failed write nobody knows what the end looks like, and after a failed flush what has reached the disk. */
  private guard(work: () => void): void {
    if (this.broken) throw fileError(new Error("an earlier write failed"), "write", this.path);
    try {
      work();
    } catch (error) {
      this.broken = true;
      throw fileError(error, "write", this.path);
    }
  }
}

function closingOnError(files: Files, path: string, fd: number, work: () => AppendFile): AppendFile {
  try {
    return work();
  } catch (error) {
    quietly(() => files.close(fd));
    throw fileError(error, "write", path);
  }
}

/** Tells whether anything has this name, a link counts wherever it leads; throws `io.*`. */
export function isThere(files: Files, path: string): boolean {
  try {
    files.lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw fileError(error, "read", path);
  }
}

/** Throws `io.*` where there is no directory for a file of this name. */
export function checkDirectoryOf(files: Files, path: string): void {
  if (!isThere(files, dirname(path))) throw fileError({ code: "ENOENT" }, "write", path);
}

function missing(path: string): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "output.missing",
    message: `${path} is gone, though this batch has written devices into it`,
    hint: "put it back; samicerts ledger check tells which devices the ledger has",
  });
}

function damaged(path: string, size: number, length: number): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "output.damaged",
    message: `${path} has ${size} octets, fewer than the ${length} that were written and flushed`,
    hint: "put a whole copy back; samicerts ledger check tells which devices the ledger has",
  });
}

/** What fails after a failure must not hide it; and what was to be durable has been flushed before it is closed. */
export function quietly(work: () => void): void {
  try {
    work();
  } catch {}
}
