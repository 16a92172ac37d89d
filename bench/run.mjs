// `npm run bench` runs every benchmark, `npm run bench -- issue` one; results go to bench/results/.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const BENCHMARKS = ["start-up", "issue"];

const wanted = process.argv.slice(2);
for (const name of wanted.filter((each) => !BENCHMARKS.includes(each))) {
  console.error(`error: there is no benchmark ${name}\nhint: choose from ${BENCHMARKS.join(", ")}`);
  process.exit(2);
}

run(["scripts/build.mjs"]);
// Inside the project, so that what the benchmark imports is found.
const scratch = mkdtempSync(join(ROOT, "dist/.bench-"));
try {
  for (const name of wanted.length === 0 ? BENCHMARKS : wanted) {
    const bundle = join(scratch, `${name}.mjs`);
    await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: [`bench/${name}.ts`],
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      logLevel: "warning",
    });
    run([bundle]);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function run(words) {
  const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) throw new Error(`node ${words.join(" ")} ended with ${status}`);
}
