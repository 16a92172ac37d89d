import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import type { FileFacts, Files } from "../base/effects.ts";

/** Windows has no permission bits; what Node makes up there would make every key look as if others could read it. */
const HAS_MODES: boolean = process.platform !== "win32";

function facts(stats: Stats): FileFacts {
  const kind = stats.isFile()
    ? "file"
    : stats.isDirectory()
      ? "directory"
      : stats.isSymbolicLink()
        ? "link"
        : "other";
  return { kind, mode: HAS_MODES ? stats.mode & 0o7777 : 0o600, size: stats.size, uid: stats.uid };
}

/** From Linux 5.8 on, syncfs(2) tells of writes that failed. */
function tellsOfFailures(): boolean {
  return process.platform === "linux" && isAtLeast(process.getBuiltinModule("node:os").release(), 5, 8);
}

function isAtLeast(version: string, wantedMajor: number, wantedMinor: number): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** Node has no syncfs(2), but Linux has a program for it. Where that fails, the caller's own flushes tell why. */
function syncFileSystem(path: string): boolean {
  // Both are loaded only here: they would cost every command's start a millisecond.
  if (!tellsOfFailures()) return false;
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  return spawnSync("sync", ["-f", "--", path], { stdio: "ignore" }).status === 0;
}

/** The real file system, through node:fs; every method is one system call, or a few of the same kind. */
export const nodeFiles: Files = {
  open: (path, flags, mode) => openSync(path, flags, mode),
  read: (fd, into, offset, length, position) => readSync(fd, into, offset, length, position ?? null),
  write: (fd, bytes, offset) => writeSync(fd, bytes, offset),
  fsync: (fd) => fsyncSync(fd),
  ftruncate: (fd, length) => ftruncateSync(fd, length),
  syncFileSystem,
  fchmod: (fd, mode) => {
    if (HAS_MODES) fchmodSync(fd, mode);
  },
  fstat: (fd) => facts(fstatSync(fd)),
  close: (fd) => closeSync(fd),
  stat: (path) => facts(statSync(path)),
  lstat: (path) => facts(lstatSync(path)),
  list: (path) => readdirSync(path).sort(),
  mkdir: (path, mode) => {
    mkdirSync(path, { mode });
  },
  rename: (from, to) => renameSync(from, to),
  link: (from, to) => linkSync(from, to),
  unlink: (path) => unlinkSync(path),
};
