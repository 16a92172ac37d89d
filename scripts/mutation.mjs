// Changes the source, a place at a time, and looks whether a test fails: `npm run mutation -- --files 'src/x509/path-*.ts'`.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const OUT = join(ROOT, "node_modules/.cache/samicerts/mutation");
const FRAMEWORK = pathToFileURL(join(OUT, "test-framework.mjs")).href;

mkdirSync(OUT, { recursive: true });
const common = {
  absWorkingDir: ROOT,
  outdir: OUT,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  logLevel: "warning",
};
await build({ ...common, entryPoints: ["test/mutation/test-framework.ts", "test/mutation/run.ts"] });
await build({
  ...common,
  entryPoints: ["test/mutation/worker.ts"],
  plugins: [
    {
      name: "one framework",
      setup: (bundler) =>
        bundler.onResolve({ filter: /\/test-framework\.ts$/ }, () => ({ path: FRAMEWORK, external: true })),
    },
  ],
});
const { run } = await import(pathToFileURL(join(OUT, "run.mjs")).href);
process.exitCode = await run(process.argv.slice(2), ROOT, OUT);
