import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SamicertsError } from "../base/errors.ts";

/**
 * How the command finds libsql's native part; the bundle puts this in place of `@neon-rs/load` and `detect-libc`.
 * Those ask Node for a diagnostic report to learn which C library there is, which takes longer than all the rest
 * of a command's start. This lives in the CommonJS bundle only.
 */

/** The native packages for a platform, the most likely first; empty where there is none. */
export function nativeTargets(platform: string, arch: string, musl: boolean): readonly string[] {
  const known = TARGETS.get(`${platform}-${arch}`) ?? [];
  return musl ? [...known].reverse() : known;
}

/** Of two, the first is for glibc and the second for musl. */
const TARGETS: ReadonlyMap<string, readonly string[]> = new Map([
  ["linux-x64", ["linux-x64-gnu", "linux-x64-musl"]],
  ["linux-arm64", ["linux-arm64-gnu", "linux-arm64-musl"]],
  ["linux-arm", ["linux-arm-gnueabihf", "linux-arm-musleabihf"]],
  ["darwin-x64", ["darwin-x64"]],
  ["darwin-arm64", ["darwin-arm64"]],
  ["win32-x64", ["win32-x64-msvc"]],
]);

const MUSL_LOADERS: ReadonlyMap<string, string> = new Map([
  ["x64", "/lib/ld-musl-x86_64.so.1"],
  ["arm64", "/lib/ld-musl-aarch64.so.1"],
  ["arm", "/lib/ld-musl-armhf.so.1"],
]);

/** Tells whether this process runs on musl: where its loader is installed at all, the process's own map says. */
function runsOnMusl(): boolean {
  const loader = process.platform === "linux" ? MUSL_LOADERS.get(process.arch) : undefined;
  if (loader === undefined || !existsSync(loader)) return false;
  try {
    return readFileSync("/proc/self/maps", "latin1").includes("ld-musl-");
  } catch {
    return true;
  }
}

/**
 * Loads libsql's native part: libsql calls this where `process.env.LIBSQL_JS_DEV` is set, which the bundle defines.
 * Throws `ledger.unavailable` (kind `io`) where none that is installed can be loaded.
 */
export function load(_directory: string): unknown {
  const targets = nativeTargets(process.platform, process.arch, runsOnMusl());
  let failure: unknown;
  for (const target of targets) {
    try {
      return requireBeside(`@libsql/${target}`);
    } catch (error) {
      failure ??= error;
    }
  }
  throw new SamicertsError({
    kind: "io",
    code: "ledger.unavailable",
    message: `the database's native part for ${process.platform}-${process.arch} is not there or can't be loaded`,
    hint: "install samicerts on this machine, and without --omit=optional",
    cause: failure,
  });
}

/** Where npm puts it, it is loaded from without a search; some package managers let only libsql itself see it. */
function requireBeside(name: string): unknown {
  for (const packages of [join(__dirname, "..", "node_modules"), join(__dirname, "..", "..")]) {
    const path = join(packages, name, "index.node");
    if (existsSync(path)) return loadNative(path);
  }
  const { createRequire } = process.getBuiltinModule("node:module");
  const requireHere = createRequire(__filename);
  try {
    return requireHere(name);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
    return createRequire(requireHere.resolve("libsql"))(name);
  }
}

/** Loads a native part as `require` would, which looks for it before; the launcher is told by the module's children. */
function loadNative(path: string): unknown {
  const native = { id: path, exports: {} } as NodeJS.Module;
  process.dlopen(native, path);
  module.children.push(native);
  return native.exports;
}

/** What `detect-libc` calls glibc. */
export const GLIBC = "glibc";
/** What `detect-libc` calls musl. */
export const MUSL = "musl";

/** The C library's family, as `detect-libc` gives it. */
export function familySync(): string | null {
  if (process.platform !== "linux") return null;
  return runsOnMusl() ? MUSL : GLIBC;
}

/** The native package's name for this platform, as `@neon-rs/load` gives it. */
export function currentTarget(): string {
  return (
    nativeTargets(process.platform, process.arch, runsOnMusl())[0] ?? `${process.platform}-${process.arch}`
  );
}
