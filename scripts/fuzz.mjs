// Fuzzes every reader of what strangers write: `npm run fuzz -- --seconds 60 [--seed N] [--target NAME]`.
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const OUT = join(ROOT, "node_modules/.cache/samicerts/fuzz");

mkdirSync(OUT, { recursive: true });
const common = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  logLevel: "warning",
  outdir: OUT,
  outExtension: { ".js": ".mjs" },
};
// Memory is measured of the source as it is, the search is guided by counters in it.
await build({ ...common, entryPoints: ["test/fuzz/peak-thread.ts", "test/instrument/coverage.ts"] });
const { countPasses } = await import(pathToFileURL(join(OUT, "instrument/coverage.mjs")).href);
let places = 0;
await build({
  ...common,
  entryPoints: ["test/fuzz/run.ts"],
  plugins: [
    {
      name: "counters",
      setup(bundler) {
        bundler.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
          const { text, count } = countPasses(relative(ROOT, path), readFileSync(path, "utf8"), places);
          places += count;
          return { contents: text, loader: "ts" };
        });
      },
    },
  ],
});
globalThis.passes = new Uint8Array(places);
const { run } = await import(pathToFileURL(join(OUT, "run.mjs")).href);
process.exitCode = await run(process.argv.slice(2), {
  conformance: process.env.SAMICERTS_CONFORMANCE ?? resolve(ROOT, "../shared/conformance"),
  found: join(ROOT, "node_modules/.cache/samicerts/fuzz-found"),
  thread: join(OUT, "fuzz/peak-thread.mjs"),
});
