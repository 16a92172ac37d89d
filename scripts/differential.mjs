// Puts other verifiers and readers beside ours: `npm run differential -- [--count 100000] [--seed N] [--certtool EVERY] | -- --corpus`.
import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const OUT = join(ROOT, "node_modules/.cache/samicerts/differential.mjs");

mkdirSync(dirname(OUT), { recursive: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: ["test/differential/run.ts"],
  outfile: OUT,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  logLevel: "warning",
});
const { run } = await import(pathToFileURL(OUT).href);
process.exitCode = run(
  process.argv.slice(2),
  process.env.SAMICERTS_CONFORMANCE ?? resolve(ROOT, "../shared/conformance"),
);
