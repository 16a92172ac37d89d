import {
  gravity,
  type Judgement,
  type RuleTally,
  type VerifyCounts,
  type VerifyRun,
  type VerifyTally,
  verdictOf,
} from "./verify-run.ts";

/** Counts verdicts and rules, certificate by certificate or part by part. */
export class VerifyCounter {
  private readonly failOn: VerifyRun["failOn"];
  private readonly rules = new Map<string, { -readonly [key in keyof RuleTally]: RuleTally[key] }>();
  private compliant = 0;
  private nonCompliant = 0;
  private unreadable = 0;
  private warnings = 0;

  constructor(failOn: VerifyRun["failOn"]) {
    this.failOn = failOn;
  }

  get counts(): VerifyCounts {
    const { compliant, nonCompliant, unreadable, warnings } = this;
    return { total: compliant + nonCompliant + unreadable, compliant, nonCompliant, unreadable, warnings };
  }

  get tally(): VerifyTally {
    const rules = [...this.rules.values()].sort(
      (a, b) =>
        gravity(b.severity) - gravity(a.severity) ||
        b.certificates - a.certificates ||
        (a.rule < b.rule ? -1 : 1),
    );
    return { counts: this.counts, rules };
  }

  /** Counts one certificate. */
  count(judgement: Judgement): void {
    const verdict = verdictOf(judgement, this.failOn);
    if (verdict === "compliant") this.compliant++;
    else if (verdict === "unreadable") this.unreadable++;
    else this.nonCompliant++;
    const { findings } = judgement;
    if (findings.length === 0) return;
    if (findings.some(({ severity }) => severity === "warning")) this.warnings++;
    // Once a certificate, however often a rule speaks of it.
    const spoken = new Set<string>();
    for (const { rule, severity } of findings) {
      const key = `${severity} ${rule}`;
      if (spoken.has(key)) continue;
      spoken.add(key);
      this.countRule({ rule, severity, certificates: 1 });
    }
  }

  /** Counts what was counted elsewhere. */
  add({ counts, rules }: VerifyTally): void {
    this.compliant += counts.compliant;
    this.nonCompliant += counts.nonCompliant;
    this.unreadable += counts.unreadable;
    this.warnings += counts.warnings;
    for (const rule of rules) this.countRule(rule);
  }

  private countRule(more: RuleTally): void {
    const key = `${more.severity} ${more.rule}`;
    const known = this.rules.get(key);
    if (known === undefined) this.rules.set(key, { ...more });
    else known.certificates += more.certificates;
  }
}
