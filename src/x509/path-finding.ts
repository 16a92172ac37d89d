import type { Finding } from "../base/finding.ts";
import type { Certificate } from "./certificate.ts";
import { formatName } from "./name-format.ts";

/** The ids of the findings that path building makes. */
export type PathRuleId =
  | "path.signature"
  | "path.expired"
  | "path.not-yet-valid"
  | "path.no-issuer"
  | "path.name-chaining"
  | "path.untrusted-root"
  | "path.not-a-ca"
  | "path.key-usage"
  | "path.path-length"
  | "path.unknown-critical"
  | "path.unsupported-constraint"
  | "path.purpose"
  | "path.algorithm-mismatch"
  | "path.weak-signature"
  | "path.weak-key"
  | "path.invalid-key"
  | "path.unsupported-key"
  | "path.too-long"
  | "path.gave-up";

/** What every finding of one path rule says alike. */
interface PathRule {
  readonly citation: string;
  readonly hint: string;
}

const REISSUE = "have its issuer make it anew";
const OTHER_ISSUER = "have it signed by a certificate authority that may do so, or use another path";

const RULES: Readonly<Record<PathRuleId, PathRule>> = {
  "path.signature": {
    citation: "RFC 5280, 6.1.3(a)(1)",
    hint: "it was changed after it was signed, or signed with another key: look for the certificate of the key that signed it, or have it issued again",
  },
  "path.expired": {
    citation: "RFC 5280, 6.1.3(a)(2)",
    hint: "have it issued again; where it is a root or an intermediate, everything under it ends with it and needs a new issuer",
  },
  "path.not-yet-valid": {
    citation: "RFC 5280, 6.1.3(a)(2)",
    hint: "check the clock of this machine and of the one that issued it, or judge at another moment with --at",
  },
  "path.no-issuer": {
    citation: "RFC 5280, 6.1.3(a)(4)",
    hint: "name its root with --root, intermediate certificates with --untrusted",
  },
  "path.name-chaining": {
    citation: "RFC 5280, 6.1.3(a)(4)",
    hint: "have it issued again with the issuer's subject, unchanged, as its issuer",
  },
  "path.untrusted-root": {
    citation: "RFC 5280, 6.1.1(d)",
    hint: "if this root is yours, name it with --root; if not, the certificate was issued by somebody else",
  },
  "path.not-a-ca": { citation: "RFC 5280, 6.1.4(k) and 4.2.1.9", hint: OTHER_ISSUER },
  "path.key-usage": { citation: "RFC 5280, 6.1.4(n) and 4.2.1.3", hint: OTHER_ISSUER },
  "path.path-length": {
    citation: "RFC 5280, 6.1.4(m) and 4.2.1.9",
    hint: "have devices signed by a certificate authority nearer to the root, or the root made anew with a greater pathLenConstraint",
  },
  "path.unknown-critical": {
    citation: "RFC 5280, 4.2 and 6.1.5(f)",
    hint: "have it issued without this extension, or with the extension not critical",
  },
  "path.unsupported-constraint": {
    citation: "RFC 5280, 4.2 and 6.1.4",
    hint: "use a certificate authority without this constraint: samicerts does not process it, so it accepts nothing under it",
  },
  "path.purpose": {
    citation: "RFC 5280, 4.2.1.12",
    hint: "have it issued for the purpose it is used for, under a certificate authority that allows that purpose",
  },
  "path.algorithm-mismatch": { citation: "RFC 5280, 4.1.1.2", hint: REISSUE },
  "path.weak-signature": {
    citation: "NIST SP 800-131A, 3 and 9",
    hint: "have it signed again with SHA-256 or better",
  },
  "path.weak-key": {
    citation: "NIST SP 800-131A, 3",
    hint: "make a new key, of EC P-256 or RSA with 2048 bits or more, and a new certificate",
  },
  "path.invalid-key": {
    citation: "RFC 5480, 2.2; SP 800-56A Rev. 3, 5.6.2.3",
    hint: "whoever made this key made it wrong: make a new one, and a new certificate",
  },
  "path.unsupported-key": {
    citation: "RFC 3279, RFC 5480 and RFC 8410",
    hint: "make a new key, of EC P-256, P-384 or P-521, RSA or Ed25519, and a new certificate",
  },
  "path.too-long": {
    citation: "samicerts, path building",
    hint: "use a certificate authority nearer to the root",
  },
  "path.gave-up": {
    citation: "samicerts, path building",
    hint: "leave out the certificates that do not belong to this path, in the bundle or with --untrusted",
  },
};

/** What a finding says of this one certificate. */
export interface PathFlaw {
  readonly message: string;
  readonly expected: string;
  readonly actual: string;
}

/** Makes a path rule's finding about `certificate`; always of severity error. */
export function pathFinding(rule: PathRuleId, certificate: Certificate, flaw: PathFlaw): Finding {
  const { citation, hint } = RULES[rule];
  return { rule, severity: "error", subject: formatName(certificate.subject), ...flaw, citation, hint };
}

/** No findings; shared, so that a clean certificate costs nothing. */
export const NO_FINDINGS: readonly Finding[] = [];
