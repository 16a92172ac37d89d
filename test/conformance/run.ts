import { join } from "node:path";
import { type AnyCase, type ChainCase, type CorpusFile, type LintCase, readIndex } from "./cases.ts";
import { runCorpusSuite } from "./corpus-suite.ts";
import { runLintSuite } from "./lint-suite.ts";
import { runParseSuite } from "./parse-suite.ts";
import { runPathSuite } from "./path-suite.ts";
import { loadFloor } from "./policy.ts";
import { listLeftOut, listOpen } from "./report.ts";
import { runSignatureSuite } from "./signature-suite.ts";
import { anyFalse, formatTable, type SuiteResult } from "./tally.ts";

/** Where a suite of chains is: its name, its folder, its index. */
const CHAINS = [
  ["NIST PKITS", "pkits", "cases.json"],
  ["BoringSSL chains", "boringssl", "cases.json"],
  ["x509-limbo", "limbo", "cases.json"],
  ["BetterTLS paths", "limbo", "cases-bettertls-pathbuilding.json"],
] as const;

/**
 * Runs every suite under `root` and prints a table; `options` may hold `--list` (every open verdict as Markdown)
 * or `--verbose` (every case), or `--no-corpus` to leave the malformed corpus out. Gives the exit code: 0, 1 with a false verdict, 2 where there is no data.
 */
export function run(root: string, options: readonly string[]): number {
  const floor = loadFloor();
  const suites: SuiteResult[] = [];
  for (const [suite, folder, index] of CHAINS) {
    const cases = readIndex<AnyCase>(root, join(folder, index), "cases") ?? [];
    const chains = cases.filter((one): one is ChainCase => (one.kind ?? "chain") === "chain");
    if (chains.length > 0) suites.push(runPathSuite(suite, join(root, folder), chains, floor.judgePath));
  }
  const boringssl = readIndex<AnyCase>(root, "boringssl/cases.json", "cases") ?? [];
  const parse = boringssl.filter((one) => one.kind === "parse");
  if (parse.length > 0) suites.push(runParseSuite(join(root, "boringssl"), parse, floor.judgeAlone));
  const signed = boringssl.filter((one) => one.kind === "signature" || one.kind === "signed-data");
  if (signed.length > 0) suites.push(runSignatureSuite(join(root, "boringssl"), signed));
  const lints = readIndex<LintCase>(root, "zlint/cases.json", "cases") ?? [];
  if (lints.length > 0) suites.push(runLintSuite(join(root, "zlint"), lints, floor.judgeAlone));
  const corpus = readIndex<CorpusFile>(root, "fuzz/files.json", "files") ?? [];
  if (corpus.length > 0 && !options.includes("--no-corpus"))
    suites.push(runCorpusSuite(join(root, "fuzz"), corpus));

  if (suites.length === 0) {
    console.error(`error: there is no conformance data in ${root}`);
    console.error(
      "hint: set SAMICERTS_CONFORMANCE to the folder that holds pkits/, boringssl/, limbo/, zlint/ and fuzz/",
    );
    return 2;
  }
  if (options.includes("--list")) {
    console.log(`${listLeftOut(suites)}\n${listOpen(suites)}`);
    return 0;
  }
  console.log(formatTable(suites));
  for (const { suite, results, notes } of suites) {
    for (const note of notes) console.log(`${suite}: ${note}`);
    for (const result of results) {
      const open = ["agree", "stricter", "not judged"].includes(result.outcome);
      if (open && !options.includes("--verbose")) continue;
      const verdict = result.accepted ? "accepted" : result.reasons.join(", ");
      console.log(`${result.outcome}: ${result.id} (${result.asked}): ${verdict}\n    ${result.detail}`);
    }
  }
  return anyFalse(suites) ? 1 : 0;
}
