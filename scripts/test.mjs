// `npm test`: installs the programs the tests run (Debian, as root), builds if need be, and runs every suite.
// `npm test -- FILE...` or `npm test -- -t NAME` runs some; SAMICERTS_TEST_ALL=1 makes a skipped suite a failure.
import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

function say(line) {
  process.stderr.write(`${line}\n`);
}

function isInstalled(program, directories = []) {
  return [...process.env.PATH.split(delimiter), ...directories].some((directory) => {
    try {
      accessSync(join(directory, program), directories.length > 0 ? constants.R_OK : constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function installPrograms() {
  const programs = JSON.parse(readFileSync(join(ROOT, "test/programs.json"), "utf8"));
  const missing = programs.filter(({ program, directories }) => !isInstalled(program, directories));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((each) => each.package))];
  const command = `apt-get install -y ${packages.join(" ")}`;
  if (isInstalled("apt-get") && process.getuid() === 0) {
    say(`installing what the tests run: ${packages.join(" ")}`);
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    // apt's own output goes to stderr: stdout is the tests'.
    const apt = (...words) =>
      spawnSync("apt-get", ["-qq", ...words], { env: environment, stdio: ["ignore", 2, 2] });
    apt("update");
    // One by one: one that there is not must not keep the others away.
    for (const name of packages) apt("install", "-y", "--no-install-recommends", name);
  }
  for (const { program } of missing.filter((each) => !isInstalled(each.program, each.directories))) {
    say(`note: ${program} is not installed, the suites that run it are skipped; as root: ${command}`);
  }
}

function newestChange(path) {
  const facts = statSync(path);
  if (!facts.isDirectory()) return facts.mtimeMs;
  return Math.max(facts.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

function buildIfStale() {
  const sources = ["src", "scripts/build.mjs", "tsconfig.json", "tsconfig.build.json", "package.json"];
  const wanted = Math.max(...sources.map((name) => newestChange(join(ROOT, name))));
  // What the build writes last.
  const built = statSync(join(ROOT, "dist/cli.cjs"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built >= wanted) return;
  say("building");
  const { status } = spawnSync(process.execPath, [join(ROOT, "scripts/build.mjs")], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

/** The environment without what would steer the commands under test. */
function testEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      name === "SAMICERTS_TEST_ALL" || !/^(SAMICERTS_|NO_COLOR$|FORCE_COLOR$|OPENSSL_CONF$|NODE_)/.test(name),
  );
  return Object.fromEntries(kept);
}

function runSuites(words) {
  const scratch = mkdtempSync(join(tmpdir(), "samicerts-test-"));
  try {
    const report = join(scratch, "report.json");
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const { status } = spawnSync(process.execPath, [vitest, "run", ...reporters, ...words], {
      cwd: ROOT,
      env: testEnvironment(),
      stdio: ["ignore", "inherit", "inherit"],
    });
    return { status, files: JSON.parse(readFileSync(report, "utf8")).testResults };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Counts tests; a file that could not even be loaded counts as one that failed. */
function count(files) {
  const tests = files.flatMap((file) => file.assertionResults);
  const unloaded = files.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return {
    passed: tests.filter((test) => test.status === "passed").length,
    failed: tests.filter((test) => test.status === "failed").length + unloaded.length,
    skipped: tests.filter((test) => test.status !== "passed" && test.status !== "failed"),
  };
}

function nameSkipped(tests) {
  const suites = new Set(tests.map((test) => test.ancestorTitles.join(" > ") || test.title));
  for (const suite of suites) say(`skipped: ${suite}`);
}

installPrograms();
buildIfStale();
const words = process.argv.slice(2);
const { status, files } = runSuites(words);
const { passed, failed, skipped } = count(files);
if (!words.includes("-t")) nameSkipped(skipped);
const strict = process.env.SAMICERTS_TEST_ALL === "1";
if (strict && skipped.length > 0) say("error: with SAMICERTS_TEST_ALL=1 a skipped test is a failure");
if (passed + failed === 0) say("error: no test was run");
for (const file of files.filter((each) => each.status === "failed"))
  say(`failed: ${relative(ROOT, file.name)}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
const wrong = status !== 0 || failed > 0 || passed === 0 || (strict && skipped.length > 0);
process.exitCode = wrong ? 1 : 0;
