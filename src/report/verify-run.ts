import type { VerifiedCertificate } from "../actions/verify.ts";
import { type Finding, hasSeverity } from "../base/finding.ts";

/** One run of verify, as every report of it takes it. */
export interface VerifyRun {
  /** The policy's name; `none` where only the path was checked. */
  readonly policy: string;
  /** The moment of judgement, RFC 3339. */
  readonly at: string;
  /** From which severity on a certificate counts as non-compliant. */
  readonly failOn: "error" | "warning";
  readonly certificates: readonly VerifiedCertificate[];
}

/** A run in numbers. */
export interface VerifyCounts {
  readonly total: number;
  readonly compliant: number;
  readonly nonCompliant: number;
  readonly unreadable: number;
  /** Certificates with at least one warning. */
  readonly warnings: number;
}

/** A certificate's verdict under `failOn`: stricter than its own where a warning is enough. */
export function verdictOf(
  certificate: VerifiedCertificate,
  failOn: VerifyRun["failOn"],
): VerifiedCertificate["verdict"] {
  if (certificate.verdict === "unreadable") return "unreadable";
  return hasSeverity(certificate.findings, failOn) ? "non-compliant" : certificate.verdict;
}

/** Counts a run's verdicts. */
export function countVerdicts(run: VerifyRun): VerifyCounts {
  let compliant = 0;
  let nonCompliant = 0;
  let unreadable = 0;
  let warnings = 0;
  for (const certificate of run.certificates) {
    const verdict = verdictOf(certificate, run.failOn);
    if (verdict === "compliant") compliant++;
    else if (verdict === "unreadable") unreadable++;
    else nonCompliant++;
    if (certificate.findings.some((finding) => finding.severity === "warning")) warnings++;
  }
  return { total: run.certificates.length, compliant, nonCompliant, unreadable, warnings };
}

/** A rule with how often it spoke. */
export interface RuleTally {
  readonly rule: string;
  readonly severity: Finding["severity"];
  /** Certificates that it has something to say about. */
  readonly certificates: number;
}

/** The rules that spoke, the gravest and most frequent first. */
export function tallyRules(certificates: readonly VerifiedCertificate[]): RuleTally[] {
  const tallies = new Map<string, { rule: string; severity: Finding["severity"]; certificates: number }>();
  for (const { findings } of certificates) {
    const spoken = new Set<string>();
    for (const { rule, severity } of findings) {
      const key = `${severity} ${rule}`;
      if (spoken.has(key)) continue;
      spoken.add(key);
      const tally = tallies.get(key);
      if (tally === undefined) tallies.set(key, { rule, severity, certificates: 1 });
      else tally.certificates++;
    }
  }
  return [...tallies.values()].sort(
    (a, b) =>
      gravity(b.severity) - gravity(a.severity) ||
      b.certificates - a.certificates ||
      (a.rule < b.rule ? -1 : 1),
  );
}

/** How much a severity weighs, for sorting. */
export function gravity(severity: Finding["severity"]): number {
  return severity === "error" ? 2 : severity === "warning" ? 1 : 0;
}
