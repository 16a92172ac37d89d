/** How grave a finding is: an `error` makes a certificate non-compliant; the others do not by themselves. */
export type Severity = "error" | "warning" | "info";

/** One thing that a rule, or the path check, has to say about one certificate. */
export interface Finding {
  /** The rule's id, such as `key-usage` or `path.expired`. */
  readonly rule: string;
  readonly severity: Severity;
  /** The certificate it is about, in a person's words: its subject DN. */
  readonly subject: string;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** What the rule asks for. */
  readonly expected: string;
  /** What the certificate has. */
  readonly actual: string;
  /** Where the demand comes from: `RFC 5280, 4.2.1.9`. */
  readonly citation: string;
  /** How to mend it. */
  readonly hint: string;
}

/** Tells whether any of `findings` is at or above `level`. */
export function hasSeverity(findings: readonly Finding[], level: "error" | "warning"): boolean {
  return findings.some((f) => f.severity === "error" || (level === "warning" && f.severity === "warning"));
}
