// Builds dist/: the command (cli.cjs), the library (index.js), its types (types/) and the policy schema.
// Run by `npm ci` in a clone (`prepare`); a packed or published samicerts carries dist/ and never comes here.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const DIST = join(ROOT, "dist");

/** Loaded from node_modules, and only by the commands that need them: natives, and what is slow to load. */
const EXTERNAL = ["@libsql/*", "@peculiar/x509", "node-forge"];

/** libsql's own search for its native part takes longer than all the rest of a command's start. */
const NATIVE_LOADER = join(ROOT, "src/ledger/libsql-native.ts");

const PRINT_SCHEMA = `
  import { policySchema } from "./src/policy/policy-schema.ts";
  import { RULES } from "./src/policy/rules/index.ts";
  export const schema = policySchema(RULES);
`;

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
  legalComments: "none",
};

/** The command: one file, since every further file is another millisecond; CommonJS, since it starts faster. */
function buildCommand(esbuild, out) {
  const alias = existsSync(NATIVE_LOADER)
    ? { "@neon-rs/load": NATIVE_LOADER, "detect-libc": NATIVE_LOADER }
    : {};
  return esbuild.build({
    ...COMMON,
    entryPoints: ["src/cli/main.ts"],
    outfile: join(out, "cli.cjs"),
    format: "cjs",
    external: EXTERNAL,
    alias,
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: false,
  });
}

/** The library: dependencies stay the caller's. */
function buildLibrary(esbuild, out) {
  return esbuild.build({
    ...COMMON,
    entryPoints: ["src/index.ts"],
    outfile: join(out, "index.js"),
    format: "esm",
    packages: "external",
  });
}

/** The JSON Schema that editors check policy files against, as the policy reader itself gives it. */
async function buildSchema(esbuild, out) {
  const bundle = join(out, "policy-schema.mjs");
  await esbuild.build({
    ...COMMON,
    stdin: { contents: PRINT_SCHEMA, resolveDir: ROOT, loader: "ts" },
    outfile: bundle,
    format: "esm",
    packages: "external",
  });
  const { schema } = await import(pathToFileURL(bundle).href);
  writeFileSync(join(out, "policy.schema.json"), `${JSON.stringify(schema, null, 2)}\n`);
}

/** Type declarations; whether the types are right is what `npm run types` checks. */
function buildTypes(out) {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  const args = [tsc, "-p", "tsconfig.build.json", "--outDir", join(out, "types")];
  return new Promise((resolve, reject) => {
    spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] })
      .once("error", reject)
      .once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`tsc ended with ${code}`))));
  });
}

async function loadEsbuild() {
  try {
    return await import("esbuild");
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    if (existsSync(join(DIST, "cli.cjs"))) return undefined;
    console.error("error: cannot build samicerts: the development dependencies are not installed");
    console.error("hint: run `npm ci` without --omit=dev, or install the packed samicerts");
    return process.exit(1);
  }
}

const esbuild = await loadEsbuild();
if (esbuild !== undefined) {
  mkdirSync(DIST, { recursive: true });
  // Built aside and moved into place, so that a command running meanwhile never meets half a file.
  const out = mkdtempSync(join(DIST, ".build-"));
  try {
    const parts = [
      buildCommand(esbuild, out),
      buildLibrary(esbuild, out),
      buildSchema(esbuild, out),
      buildTypes(out),
    ];
    // All have ended, well or not, before the directory goes.
    const failed = (await Promise.allSettled(parts)).find(({ status }) => status === "rejected");
    if (failed !== undefined) throw failed.reason;
    rmSync(join(DIST, "types"), { recursive: true, force: true });
    for (const name of ["types", "index.js", "policy.schema.json", "cli.cjs"]) {
      renameSync(join(out, name), join(DIST, name));
    }
  } catch (error) {
    if (error?.errors === undefined) console.error(`error: ${error?.message ?? error}`);
    process.exitCode = 1;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
