// Fuzzes every reader of what strangers write: `npm run fuzz -- --seconds 60 [--seed N] [--target NAME]`.
import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const OUT = join(ROOT, "node_modules/.cache/samicerts/fuzz.mjs");

mkdirSync(dirname(OUT), { recursive: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: ["test/fuzz/run.ts"],
  outfile: OUT,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  logLevel: "warning",
});
const { run } = await import(pathToFileURL(OUT).href);
const data = process.env.SAMICERTS_CONFORMANCE ?? resolve(ROOT, "../shared/conformance");
process.exitCode = run(process.argv.slice(2), data, join(ROOT, "node_modules/.cache/samicerts/fuzz-found"));
