// Builds dist/: the command (cli.cjs and its parts), the library (index.js), its types (types/) and the policy schema.
// Run by `npm ci` in a clone (`prepare`); a packed or published samicerts carries dist/ and never comes here.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ON_CALL, PARTS, WORKERS } from "./parts.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const DIST = join(ROOT, "dist");

/** Loaded from node_modules: native parts. */
const EXTERNAL = ["@libsql/*", "graphene-pk11", "pkcs11js"];

/** libsql's own search for its native part takes longer than all the rest of a command's start. */
const NATIVE_LOADER = join(ROOT, "src/ledger/libsql-native.ts");

/** What tests are told of the build. */
const NOTES = [".packages.json", ".default-policy.json"];

/** What is worked out when the command is built. */
const DATA = `
  import { DEFAULT_POLICY } from "./src/policy/default-policy.ts";
  import { loadPolicy } from "./src/policy/load-policy.ts";
  import { policySchema } from "./src/policy/policy-schema.ts";
  import { RULES } from "./src/policy/rules/index.ts";
  export const schema = policySchema(RULES);
  export const defaultPolicy = loadPolicy(DEFAULT_POLICY, () => "");
`;

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
  legalComments: "none",
};

/** Commander can run subcommands as programs of their own; ours are not, and Node's part for that is slow to load. */
const NO_CHILD_PROCESS = {
  name: "no-child-process",
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes("commander") ? { path: importer, namespace: "empty" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "" }));
  },
};

/** Leaves what is in another part to that; bin/samicerts.cjs knows what `part:` is. */
const apartFrom = (own) => ({
  name: "parts-apart",
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, kind }) => {
      const entry = relative(ROOT, join(resolveDir, path)).split(sep).join("/");
      if (kind !== "dynamic-import" && !(kind === "import-statement" && entry in ON_CALL)) return undefined;
      const name = Object.keys(PARTS).find((each) => PARTS[each].includes(entry));
      if (name === undefined || name === own) return undefined;
      return { path: entry, namespace: kind === "dynamic-import" ? "part" : "on-call", pluginData: name };
    });
    const required = (name, path) => `require("part:${name}")[${JSON.stringify(path)}]`;
    build.onLoad({ filter: /.*/, namespace: "part" }, ({ path, pluginData }) => ({
      contents: `module.exports = ${required(pluginData, path)};`,
    }));
    build.onLoad({ filter: /.*/, namespace: "on-call" }, ({ path, pluginData }) => ({
      contents: ON_CALL[path]
        .map(
          (name) => `export const ${name} = (...given) => ${required(pluginData, path)}.${name}(...given);`,
        )
        .join("\n"),
    }));
    build.onResolve({ filter: /^part:/ }, ({ path }) => ({ path, external: true }));
  },
});

/** What the command and its parts have in common. */
const COMMAND = {
  ...COMMON,
  format: "cjs",
  external: EXTERNAL,
  alias: { "@neon-rs/load": NATIVE_LOADER, "detect-libc": NATIVE_LOADER },
  // Makes libsql leave its native part to our loader; and where a package is looked for from, which CommonJS calls so.
  define: { "process.env.LIBSQL_JS_DEV": '"1"', "import.meta.url": "__filename" },
  // Node's own import would look for a part from wherever V8's code cache came from.
  supported: { "dynamic-import": false },
  // Half of a start is reading it: what is shorter starts sooner.
  minify: true,
};

/**
 * A part of the command: one file, since every further file is another millisecond; CommonJS, since it starts faster; and
 * one function, for the launcher to call.
 */
async function buildPart(esbuild, out, name, input) {
  const { outputFiles, metafile } = await esbuild.build({
    ...COMMAND,
    ...input,
    plugins: [NO_CHILD_PROCESS, apartFrom(name)],
    banner: { js: "(function (module, require, __filename, __dirname) {" },
    footer: { js: "})" },
    write: false,
    metafile: true,
    outdir: out,
  });
  const [{ contents, text }] = outputFiles;
  // By this line the launcher knows which build it runs.
  const fingerprint = createHash("sha256").update(contents).digest("hex").slice(0, 16);
  writeFileSync(join(out, `${name}.cjs`), `//${fingerprint}\n${text}`);
  return [name, packagesIn(metafile)];
}

/** The packages that a bundle has in it. */
function packagesIn({ inputs }) {
  const names = Object.keys(inputs).flatMap(
    (path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
  );
  return [...new Set(names)].sort();
}

/** The command itself, and its parts; what packages each has in it is noted for the tests. */
async function buildCommand(esbuild, out) {
  const policy = JSON.stringify(JSON.stringify(await workOut(esbuild, out)));
  const define = { ...COMMAND.define, RESOLVED_DEFAULT_POLICY: policy };
  const parts = Object.entries(PARTS).map(([name, files]) => {
    // Each file is evaluated when it is asked for.
    const members = files.map((file) => `get ${JSON.stringify(file)}() { return require("./${file}"); }`);
    const contents = `module.exports = { ${members.join(", ")} };`;
    return buildPart(esbuild, out, name, { define, stdin: { contents, resolveDir: ROOT } });
  });
  const command = buildPart(esbuild, out, "cli", { entryPoints: ["src/cli/main.ts"] });
  const packages = Object.fromEntries(await Promise.all([command, ...parts]));
  writeFileSync(join(out, ".packages.json"), `${JSON.stringify(packages, null, 2)}\n`);
}

/** What worker threads are started with, each a file of its own. */
function buildWorkers(esbuild, out) {
  const entryPoints = Object.entries(WORKERS).map(([name, entry]) => ({ in: entry, out: name }));
  const plugins = [NO_CHILD_PROCESS];
  return esbuild.build({ ...COMMAND, entryPoints, plugins, outdir: out, outExtension: { ".js": ".cjs" } });
}

/**
 * Lets the launcher keep what V8 makes of the command, from a run of the one that is called most, for this Node; what
 * other builds left goes. Elsewhere the first command that is run leaves it. What goes wrong here goes on to be said by
 * the command itself.
 */
function warmUp() {
  const forget = () => {
    for (const name of readdirSync(DIST).filter((each) => each.endsWith(".v8"))) rmSync(join(DIST, name));
  };
  const vendor = mkdtempSync(join(tmpdir(), "samicerts-build-"));
  const run = (...words) =>
    spawnSync(process.execPath, [join(ROOT, "bin/samicerts.cjs"), ...words], { cwd: vendor });
  try {
    run("root", "/C=US/O=MyOrg/CN=MyDevAuthority");
    forget();
    run("client", "100000001", "MyAwesomeDevice");
    run("verify", "devices/100000001.crt");
  } finally {
    rmSync(vendor, { recursive: true });
  }
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

/** The JSON Schema that editors check policy files against, and the default policy with all that it extends. */
async function workOut(esbuild, out) {
  const bundle = join(out, "data.mjs");
  await esbuild.build({
    ...COMMON,
    stdin: { contents: DATA, resolveDir: ROOT, loader: "ts" },
    outfile: bundle,
    format: "esm",
    packages: "external",
  });
  const { schema, defaultPolicy } = await import(pathToFileURL(bundle).href);
  writeFileSync(join(out, "policy.schema.json"), `${JSON.stringify(schema, null, 2)}\n`);
  writeFileSync(join(out, ".default-policy.json"), JSON.stringify(defaultPolicy));
  return defaultPolicy;
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
    const builds = [
      buildCommand(esbuild, out),
      buildWorkers(esbuild, out),
      buildLibrary(esbuild, out),
      buildTypes(out),
    ];
    // All have ended, well or not, before the directory goes.
    const failed = (await Promise.allSettled(builds)).find(({ status }) => status === "rejected");
    if (failed !== undefined) throw failed.reason;
    rmSync(join(DIST, "types"), { recursive: true, force: true });
    const programs = [...Object.keys(PARTS), ...Object.keys(WORKERS), "cli"].map((name) => `${name}.cjs`);
    for (const name of ["types", "index.js", "policy.schema.json", ...NOTES, ...programs]) {
      renameSync(join(out, name), join(DIST, name));
    }
    // What an earlier build had under another name.
    const stale = (name) => name.endsWith(".cjs") && !programs.includes(name);
    for (const name of readdirSync(DIST).filter(stale)) rmSync(join(DIST, name));
    warmUp();
  } catch (error) {
    if (error?.errors === undefined) console.error(`error: ${error?.message ?? error}`);
    process.exitCode = 1;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
