/** Tells the time. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** A cryptographically strong source of random bytes. */
export interface Random {
  bytes(count: number): Uint8Array;
}

/** What `lstat`, `stat` and `fstat` tell of a file. */
export interface FileFacts {
  readonly kind: "file" | "directory" | "link" | "other";
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly size: number;
  readonly uid: number;
}

/**
 * The file system, one method a system call, so that a test can make any single call fail.
 * Every method throws Node's own error (`code` ENOENT, ENOSPC, ...).
 */
export interface Files {
  /** Opens and gives a descriptor; `flags` as in node:fs (`r`, `wx`, ...), `mode` the permission bits of a new file. */
  open(path: string, flags: string | number, mode?: number): number;
  /** Reads up to `length` bytes from `position`, else from where the descriptor is; 0 at the end. */
  read(fd: number, into: Uint8Array, offset: number, length: number, position?: number): number;
  /** Writes all or part of `bytes` from `offset`; gives how many were written. */
  write(fd: number, bytes: Uint8Array, offset: number): number;
  fsync(fd: number): void;
  /** Cuts a file off at `length` octets. */
  ftruncate(fd: number, length: number): void;
  /**
   * Makes everything durable that was written on the file system of `path`, in one go: far cheaper than one `fsync` a
   * file where there are hundreds. False where this system can't, or could not: then each file must be flushed.
   */
  syncFileSystem(path: string): boolean;
  fchmod(fd: number, mode: number): void;
  fstat(fd: number): FileFacts;
  close(fd: number): void;
  stat(path: string): FileFacts;
  lstat(path: string): FileFacts;
  /** Names in a directory, sorted. */
  list(path: string): string[];
  mkdir(path: string, mode: number): void;
  rename(from: string, to: string): void;
  /** Makes `to` another name of `from`; fails with EEXIST where `to` is there. */
  link(from: string, to: string): void;
  unlink(path: string): void;
}

/**
 * Locks the file at a path, which is made where it is absent and holds nothing, for this process until the function
 * that it gives is called or the process ends, however it ends; the file is gone then, or is found unlocked.
 * Undefined where another process has it locked. Throws `io.*` where it can't be made.
 */
export type Lock = (path: string) => (() => void) | undefined;
