import type { ErrorKind } from "../base/errors.ts";

/** What the process says when it ends; the contract with scripts. */
export const EXIT = {
  done: 0,
  notCompliant: 1,
  input: 2,
  io: 3,
  exists: 4,
  key: 5,
  rowsRefused: 6,
  bug: 70,
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code means, as help shows it. */
export const EXIT_MEANINGS: ReadonlyMap<ExitCode, string> = new Map([
  [EXIT.done, "done, or compliant"],
  [EXIT.notCompliant, "not compliant, or the policy refused"],
  [EXIT.input, "usage or invalid input"],
  [EXIT.io, "could not read or write"],
  [EXIT.exists, "exists already, or a duplicate serial"],
  [EXIT.key, "key, passphrase or token"],
  [EXIT.rowsRefused, "a batch that finished with rows refused"],
  [EXIT.bug, "a bug in samicerts"],
  [EXIT.interrupted, "interrupted"],
]);

const BY_KIND: ReadonlyMap<ErrorKind, ExitCode> = new Map([
  ["refused", EXIT.notCompliant],
  ["input", EXIT.input],
  ["io", EXIT.io],
  ["exists", EXIT.exists],
  ["key", EXIT.key],
]);

/** The exit code of an error of this kind. */
export function exitCodeOf(kind: ErrorKind): ExitCode {
  return BY_KIND.get(kind) ?? EXIT.bug;
}
