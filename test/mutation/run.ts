import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleTests } from "./bundle.ts";
import { type Examined, examine, survey } from "./examine.ts";
import { findFiles } from "./find-files.ts";
import { tabulate } from "./tabulate.ts";
import { WorkerProcess } from "./worker-process.ts";

/** The tests that are run: those of what is changed, and the conformance suites where their data is. */
const TESTS = [
  "test/unit/x509/**/*.test.ts",
  "test/unit/policy/**/*.test.ts",
  "test/unit/keys/**/*.test.ts",
  "test/unit/actions/verify.test.ts",
  "test/property/{path-search,name,pem,rules,tbs-certificate,policy-file,ip-address}.test.ts",
];

const USAGE = "error: --files takes a pattern below src, --every and --from whole numbers from 1\n";

/** Examines the mutants of the files asked for, prints scores and survivors; gives the exit code. */
export async function run(words: readonly string[], root: string, out: string): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      files: { type: "string", multiple: true },
      every: { type: "string" },
      from: { type: "string" },
      tests: { type: "string", multiple: true },
    },
  });
  const every = Number(values.every ?? 1);
  const from = Number(values.from ?? 1);
  const sources = findFiles(root, values.files ?? ["src/x509/path-*.ts"]);
  if (sources.length === 0 || ![every, from].every((one) => Number.isSafeInteger(one) && one > 0)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const tests = findFiles(root, values.tests ?? TESTS);
  const bundles = await bundleTests(root, sources, [...tests, "test/mutation/conformance-tests.ts"], out);
  const worker = new WorkerProcess(join(out, "worker.mjs"));
  const examined: Examined[] = [];
  const begun = performance.now();
  const seconds = (): string => `${((performance.now() - begun) / 1000).toFixed(0)} s`;
  try {
    const known = await survey(worker, bundles);
    process.stderr.write(
      `${bundles.of.size} files of tests, ${bundles.mutants.length} mutants, ${seconds()}\n`,
    );
    for (const [index, mutant] of bundles.mutants.entries()) {
      if ((index + 1 - from) % every !== 0) continue;
      const one = await examine(worker, mutant, known);
      examined.push(one);
      if (one.fate === "survived" || one.fate === "not reached")
        process.stderr.write(`${one.fate}: ${mutant.file}:${mutant.line}: ${mutant.what}: ${mutant.code}\n`);
      if (examined.length % 100 === 0) process.stderr.write(`${examined.length} examined, ${seconds()}\n`);
    }
  } finally {
    worker.end();
  }
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "examined.json"), JSON.stringify(examined, null, 1));
  process.stdout.write(tabulate(examined));
  process.stderr.write(`${seconds()}\n`);
  return 0;
}
