import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type * as graphene from "graphene-pk11";
import type { Pkcs11Uri } from "../pkcs11-uri.ts";
import { failureName, tokenError } from "./token-error.ts";
import type { TokenWorld } from "./token-world.ts";

/** graphene-pk11, which is loaded only here, and only where a token is used. */
export type Graphene = typeof graphene;

/** A PKCS#11 module that was started. */
export interface LoadedModule {
  readonly graphene: Graphene;
  readonly module: graphene.Module;
  readonly path: string;
  /** Whether several threads may call it at once. */
  readonly takesThreads: boolean;
}

/** CKF_OS_LOCKING_OK: the module may be called by several threads. */
const OS_LOCKING = 2;

/** Where distributions put modules, by platform; a module is `<name>.so` or `lib<name>.so` there. */
const DIRECTORIES: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "linux",
    [
      "/usr/lib/x86_64-linux-gnu/pkcs11",
      "/usr/lib/aarch64-linux-gnu/pkcs11",
      "/usr/lib/arm-linux-gnueabihf/pkcs11",
      "/usr/lib64/pkcs11",
      "/usr/lib/pkcs11",
      "/usr/local/lib/pkcs11",
      "/usr/lib/softhsm",
      "/usr/lib64/softhsm",
      "/usr/local/lib/softhsm",
      "/usr/lib/x86_64-linux-gnu",
      "/usr/lib/aarch64-linux-gnu",
      "/usr/lib/arm-linux-gnueabihf",
      "/usr/lib64",
      "/usr/lib",
      "/usr/local/lib",
    ],
  ],
  [
    "darwin",
    [
      "/opt/homebrew/lib/pkcs11",
      "/opt/homebrew/lib/softhsm",
      "/opt/homebrew/lib",
      "/usr/local/lib/pkcs11",
      "/usr/local/lib/softhsm",
      "/usr/local/lib",
      "/Library/OpenSC/lib",
    ],
  ],
]);
const SUFFIXES: ReadonlyMap<string, readonly string[]> = new Map([
  ["darwin", [".so", ".dylib"]],
  ["win32", [".dll"]],
]);

/**
 * Finds the module that a URI names, loads and starts it.
 * Throws `token.no-support` where samicerts was installed without what speaks PKCS#11, `token.module-unset`,
 * `token.module-missing`, `token.module-unusable`.
 */
export function loadModule(
  uri: Pkcs11Uri,
  world: TokenWorld,
  platform: string = process.platform,
): LoadedModule {
  const path = findModule(uri, world, platform);
  const graphene = loadGraphene();
  return { graphene, path, ...startModule(graphene, path) };
}

/** Where modules are looked for. */
export type ModuleWorld = Pick<TokenWorld, "defaultModule" | "look">;

/** Where the module that a URI names lies; throws `token.module-unset`, `token.module-missing`. */
export function findModule(uri: Pkcs11Uri, world: ModuleWorld, platform: string): string {
  const { modulePath, moduleName } = uri;
  const named = modulePath ?? (moduleName === undefined ? world.defaultModule : undefined);
  if (named === undefined && moduleName === undefined)
    throw tokenError(
      "module-unset",
      "the pkcs11: URI does not say which PKCS#11 module drives the token",
      "add ?module-path=/usr/lib/softhsm/libsofthsm2.so (or your token's own) to it, or set SAMICERTS_PKCS11_MODULE",
    );
  if (moduleName !== undefined) {
    const directories = named === undefined ? (DIRECTORIES.get(platform) ?? []) : [resolve(named)];
    return searchModule(moduleName, directories, world, platform);
  }
  const path = resolve(named ?? "");
  const kind = world.look(path);
  if (kind === "file") return path;
  throw tokenError(
    "module-missing",
    kind === undefined
      ? `the PKCS#11 module ${path} does not exist`
      : `${path} is ${kind === "directory" ? "a directory" : "no file"}, not a PKCS#11 module`,
    kind === "directory"
      ? "name the module's file, or add &module-name=... to the URI"
      : "install the token's software, and check module-path",
  );
}

function searchModule(
  name: string,
  directories: readonly string[],
  world: ModuleWorld,
  platform: string,
): string {
  const suffixes = SUFFIXES.get(platform) ?? [".so"];
  const files = ["", "lib"].flatMap((prefix) => suffixes.map((suffix) => `${prefix}${name}${suffix}`));
  for (const directory of directories)
    for (const file of files) {
      const path = join(directory, file);
      if (world.look(path) === "file") return path;
    }
  const where = directories.length === 1 ? directories[0] : "the directories where systems keep them";
  throw tokenError(
    "module-missing",
    `there is no PKCS#11 module "${name}" (${files.join(", ")}) in ${where}`,
    "install the token's software, or name the module's file with module-path=/...",
  );
}

function loadGraphene(): Graphene {
  try {
    // Not a static import: it takes as long to load as all the rest of a command, and it may not be installed.
    return createRequire(import.meta.url)("graphene-pk11") as Graphene;
  } catch (error) {
    const absent = (error as { readonly code?: unknown }).code === "MODULE_NOT_FOUND";
    const native = /pkcs11\.node|pkcs11js/.test((error as Error).message);
    throw tokenError(
      "no-support",
      absent && !native
        ? "this samicerts was installed without graphene-pk11, which speaks PKCS#11"
        : "the native part of graphene-pk11 (pkcs11js), which speaks PKCS#11, was not built or can't be loaded",
      "install samicerts again where a C++ compiler, make and Python 3 are there: npm builds it then",
      error,
    );
  }
}

function startModule(graphene: Graphene, path: string): Pick<LoadedModule, "module" | "takesThreads"> {
  let module: graphene.Module;
  try {
    module = graphene.Module.load(path, path);
  } catch (error) {
    throw tokenError(
      "module-unusable",
      `${path} is not a PKCS#11 module: ${firstLine(error)}`,
      "name the library that came with the token, built for this machine",
      error,
    );
  }
  try {
    return { module, takesThreads: initialize(module) };
  } catch (error) {
    throw tokenError(
      "module-unusable",
      `the PKCS#11 module ${path} can't be started: ${firstLine(error)}`,
      "check the module's own settings; SoftHSM's are in the file that SOFTHSM2_CONF names",
      error,
    );
  }
}

/** Starts a module, if only for this thread; tells whether several may call it. */
function initialize(module: graphene.Module): boolean {
  try {
    module.initialize({ flags: OS_LOCKING });
    return true;
  } catch (error) {
    // Another thread of this process has started it, and would not share it were it not made for threads.
    if (failureName(error) === "CKR_CRYPTOKI_ALREADY_INITIALIZED") return true;
    // One that knows no threads is still good for one.
    if (failureName(error) !== "CKR_CANT_LOCK") throw error;
    module.initialize();
    return false;
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? "";
}
