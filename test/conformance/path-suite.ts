import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SamicertsError } from "../../src/base/errors.ts";
import { type Certificate, decodeCertificate } from "../../src/x509/certificate.ts";
import { buildPath, type PathResult } from "../../src/x509/chain.ts";
import { purposeOid } from "../../src/x509/oids.ts";
import { parseTime } from "../../src/x509/time.ts";
import type { ChainCase } from "./cases.ts";
import { fitsAuthors } from "./reasons.ts";
import { outcomeOf, type Result, type SuiteResult } from "./tally.ts";

/** What the rfc5280 policy says of a path's certificates: the ids of the rules that find an error. */
export type JudgePath = (path: readonly Certificate[], one: ChainCase, atMs: number) => readonly string[];

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
  if (asked !== "lint") return { ...result, outcome: "not judged" };
  const ruled = built === undefined ? [] : judgePath(built.path, one, atMs);
  const all = [...reasons, ...ruled];
  return { ...result, reasons: all, outcome: outcomeOf("reject", all.length === 0, true) };
}
