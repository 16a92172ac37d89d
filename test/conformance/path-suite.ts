import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SamicertsError } from "../../src/base/errors.ts";
import { memorySource } from "../../src/x509/byte-source.ts";
import { type Certificate, decodeCertificate } from "../../src/x509/certificate.ts";
import { buildPath, type PathResult } from "../../src/x509/chain.ts";
import { createCrlChecker } from "../../src/x509/crl-checker.ts";
import type { UsableCrl } from "../../src/x509/crl-fitness.ts";
import { indexCrl } from "../../src/x509/crl-index.ts";
import { purposeOid } from "../../src/x509/oids.ts";
import { parseTime } from "../../src/x509/time.ts";
import type { ChainCase } from "./cases.ts";
import { fitsAuthors } from "./reasons.ts";
import { outcomeOf, type Result, type SuiteResult } from "./tally.ts";

/** What the rfc5280 policy says of a path's certificates: the ids of the rules that find an error. */
export type JudgePath = (path: readonly Certificate[], one: ChainCase, atMs: number) => readonly string[];

/** What the data's index says of chains that CRLs decide, and of those that need what we refuse by name. */
const REVOKED = /revocation/;
const UNPROCESSED = /policy tree|name.constraint|policy qualifiers|not run upstream/;
const REFUSED = /^(path\.(unsupported-constraint|unknown-critical)$|der\.)/;

/** Runs a suite of chains from `folder` of `root`. */
export function runPathSuite(
  suite: string,
  folder: string,
  cases: readonly ChainCase[],
  judgePath: JudgePath,
): SuiteResult {
  let slowest = { ms: 0, id: "" };
  const results = cases.map((one) => {
    const start = process.hrtime.bigint();
    const result = runChain(one, folder, judgePath);
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    if (ms > slowest.ms) slowest = { ms, id: one.id };
    return result;
  });
  return { suite, results, notes: [`slowest: ${slowest.id}, ${slowest.ms.toFixed(1)} ms`] };
}

function runChain(one: ChainCase, folder: string, judgePath: JudgePath): Result {
  const atMs = parseTime(one.time);
  const read = (file: string): Certificate => decodeCertificate(readFileSync(join(folder, file)), file);
  const purpose = purposeOid(one.purpose);
  let reasons: readonly string[];
  let detail: string;
  let built: PathResult | undefined;
  try {
    const anchors = one.trusted.map(read);
    const target = read(one.leaf);
    const untrusted = one.untrusted.map(read);
    built = buildPath({ target, anchors, untrusted, atMs, ...(purpose === undefined ? {} : { purpose }) });
    reasons = built.findings.map((finding) => finding.rule);
    detail = built.findings.map((f) => `${f.rule}: ${f.subject}: ${f.message}`).join("; ");
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    reasons = [error.code];
    detail = error.message;
  }
  const accepted = reasons.length === 0;
  const asked = one.judge.class;
  const result = { id: one.id, asked, accepted, reasons, detail };
  if (asked === "must-accept") return { ...result, outcome: outcomeOf("accept", accepted, true) };
  if (asked === "must-reject")
    return { ...result, outcome: outcomeOf("reject", accepted, fitsAuthors(one, reasons)) };
  if (asked === "may-reject") return { ...result, outcome: accepted ? "agree" : "stricter" };
  if (asked !== "lint") return judgeRest(one, result, built, readCrls(one, folder), atMs);
  const ruled = built === undefined ? [] : judgePath(built.path, one, atMs);
  const all = [...reasons, ...ruled];
  return { ...result, reasons: all, outcome: outcomeOf("reject", all.length === 0, true) };
}

/** The `not-judged` cases that we have an answer to: by their CRLs, or because what they need is refused by name. */
function judgeRest(
  one: ChainCase,
  result: Omit<Result, "outcome">,
  built: PathResult | undefined,
  crls: readonly UsableCrl[],
  atMs: number,
): Result {
  const [why = ""] = one.judge.why;
  if (REVOKED.test(why) && built !== undefined) {
    const found = createCrlChecker(crls, atMs)(built.path);
    const reasons = [...result.reasons, ...found.map(({ rule }) => rule)];
    const byCrl = found.length > 0;
    const detail = found.map(({ rule, message }) => `${rule}: ${message}`).join("; ");
    return { ...result, reasons, detail, accepted: !byCrl, outcome: outcomeOf("reject", !byCrl, true) };
  }
  if (UNPROCESSED.test(why) && one.expected === "invalid")
    return {
      ...result,
      outcome: outcomeOf(
        "reject",
        result.accepted,
        result.reasons.some((reason) => REFUSED.test(reason)),
      ),
    };
  return { ...result, leftOut: why, outcome: "not judged" };
}

function readCrls({ crls = [] }: ChainCase, folder: string): readonly UsableCrl[] {
  const random = { bytes: (count: number) => Buffer.alloc(count, 0x29) };
  return crls.map((file) => {
    const source = memorySource(readFileSync(join(folder, file)));
    return { name: file, source, ...indexCrl(source, file, random) };
  });
}
