// `npm run bench` runs every benchmark in modest sizes, `npm run bench -- batch --count 100000` one with its own flags;
// results go to bench/results/.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const BENCHMARKS = ["start-up", "issue", "ledger", "peers", "batch", "tokens", "verify", "crl", "sandbox"];
/** What some of them run in threads. */
const WORKERS = ["raw-worker"];

const words = process.argv.slice(2);
const flagsFrom = words.findIndex((word) => word.startsWith("-"));
const wanted = flagsFrom < 0 ? words : words.slice(0, flagsFrom);
const flags = flagsFrom < 0 ? [] : words.slice(flagsFrom);
for (const name of wanted.filter((each) => !BENCHMARKS.includes(each))) {
  refuse(`there is no benchmark ${name}`, `choose from ${BENCHMARKS.join(", ")}`);
}
if (flags.length > 0 && wanted.length !== 1) {
  refuse("flags are one benchmark's", `npm run bench -- batch ${flags.join(" ")}`);
}

if (!run(["scripts/build.mjs"])) process.exit();
// Inside the project, so that what the benchmark imports is found.
const scratch = mkdtempSync(join(ROOT, "dist/.bench-"));
try {
  const names = wanted.length === 0 ? BENCHMARKS : wanted;
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [...names, ...WORKERS].map((name) => `bench/${name}.ts`),
    outdir: scratch,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "warning",
  });
  const begun = Date.now();
  const failed = names.filter((name) => !timed(name, [join(scratch, `${name}.mjs`), ...flags]));
  summarize(names, failed, begun);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function refuse(message, hint) {
  console.error(`error: ${message}\nhint: ${hint}`);
  process.exit(2);
}

/** Whether it ended well; what was wrong has been said by it. */
function run(command) {
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) process.exitCode = status ?? 1;
  return status === 0;
}

/** Runs a benchmark and says how long it took. */
function timed(name, command) {
  const start = Date.now();
  console.log(`## ${name}\n`);
  const ended = run(command);
  console.log(`(${name} took ${Math.round((Date.now() - start) / 1000)} s)\n`);
  return ended;
}

/** Says which goals were reached, by the results that were written since `begun`. */
function summarize(names, failed, begun) {
  console.log("## Goals\n");
  for (const name of names) {
    const path = join(ROOT, "bench/results", `${name}.json`);
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (failed.includes(name)) console.log(`${name}: failed, see above`);
    else if (written < begun) console.log(`${name}: skipped, see above`);
    else
      for (const { text, met } of JSON.parse(readFileSync(path, "utf8")).goals) {
        console.log(`${name}: ${met ? "met" : "MISSED"}: ${text}`);
      }
  }
  console.log(`\n${Math.round((Date.now() - begun) / 1000)} s in all`);
}
