import type { Files } from "../../src/base/effects.ts";

/** One call of a file system: the method, and the path or descriptor it was called with. */
export interface FileCall {
  readonly method: keyof Files;
  readonly subject: string | number;
  /** How a file is opened. */
  readonly flags?: string | number;
}

/** A file system that can be told to fail. */
export interface FailingFiles {
  readonly files: Files;
  /** All calls so far, the failed ones too. */
  readonly calls: readonly FileCall[];
}

const METHODS = [
  "open",
  "read",
  "write",
  "fsync",
  "ftruncate",
  "syncFileSystem",
  "fchmod",
  "fstat",
  "close",
  "stat",
  "lstat",
  "list",
  "mkdir",
  "rename",
  "link",
  "unlink",
] as const satisfies readonly (keyof Files)[];

/** Wraps `real` so that `fails` decides for every call, counted from 0, whether it fails, and with which errno. */
export function failingFiles(
  real: Files,
  fails: (call: FileCall, index: number) => string | undefined,
): FailingFiles {
  const calls: FileCall[] = [];
  const wrap = (method: keyof Files): unknown => {
    const genuine = real[method] as (...args: unknown[]) => unknown;
    return (...args: unknown[]) => {
      const subject = args[0] as string | number;
      const call =
        method === "open" ? { method, subject, flags: args[1] as string | number } : { method, subject };
      calls.push(call);
      const code = fails(call, calls.length - 1);
      if (code === undefined) return genuine(...args);
      // A close that reports an error has closed the descriptor all the same.
      if (method === "close") genuine(...args);
      throw Object.assign(new Error(`${code}: made to fail, ${method}`), { code, syscall: method });
    };
  };
  const files = Object.fromEntries(METHODS.map((method) => [method, wrap(method)])) as unknown as Files;
  return { files, calls };
}

/** Makes the `n`-th call, counted from 0, fail with `code`, and none other. */
export function failAt(n: number, code: string): (call: FileCall, index: number) => string | undefined {
  return (_call, index) => (index === n ? code : undefined);
}

/** Makes the `n`-th call and all after it fail: what is there by then is what a process that ends there leaves. */
export function failFrom(n: number, code: string): (call: FileCall, index: number) => string | undefined {
  return (_call, index) => (index >= n ? code : undefined);
}
