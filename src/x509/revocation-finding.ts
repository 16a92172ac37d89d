import type { Finding } from "../base/finding.ts";
import type { Certificate } from "./certificate.ts";
import { formatName } from "./name-format.ts";
import type { PathFlaw } from "./path-finding.ts";

/** The ids of the findings about revocation. */
export type RevocationRuleId =
  | "revocation.revoked"
  | "revocation.on-hold"
  | "revocation.no-crl"
  | "revocation.crl-outdated"
  | "revocation.crl-not-yet-valid"
  | "revocation.crl-signature"
  | "revocation.crl-signer"
  | "revocation.crl-unsupported"
  | "revocation.not-issued"
  | "revocation.other-certificate";

interface RevocationRule {
  readonly citation: string;
  readonly hint: string;
}

const OTHER_CRL =
  "use a whole CRL of this issuer, signed with the key that signs its certificates, and leave this one out";

const RULES: Readonly<Record<RevocationRuleId, RevocationRule>> = {
  "revocation.revoked": {
    citation: "RFC 5280, 6.3.3",
    hint: "don't use it any more: have the device given a new key and a new certificate",
  },
  "revocation.on-hold": {
    citation: "RFC 5280, 5.3.1 and 6.3.3",
    hint: "ask its issuer whether it will be released; the next CRL tells",
  },
  "revocation.no-crl": {
    citation: "RFC 5280, 6.3.3",
    hint: "give a CRL of every issuer in the path: --crl can be repeated",
  },
  "revocation.crl-outdated": {
    citation: "RFC 5280, 5.1.2.5 and 6.3.3(a)",
    hint: "obtain the newest CRL; if you are the issuer, publish one with samicerts crl",
  },
  "revocation.crl-not-yet-valid": {
    citation: "RFC 5280, 5.1.2.4",
    hint: "check the clock of this machine and of the issuer's, or judge at another moment with --at",
  },
  "revocation.crl-signature": {
    citation: "RFC 5280, 6.3.3(g)",
    hint: "it was changed after it was signed, or signed with another key: obtain it again",
  },
  "revocation.crl-signer": { citation: "RFC 5280, 6.3.3(f)", hint: OTHER_CRL },
  "revocation.crl-unsupported": { citation: "RFC 5280, 5.2 and 5.3", hint: OTHER_CRL },
  "revocation.not-issued": {
    citation: "samicerts, the ledger",
    hint: "find out who signed it: the ledger may be older than it, or somebody else has the key",
  },
  "revocation.other-certificate": {
    citation: "samicerts, the ledger",
    hint: "find out who signed it: somebody else may have the key, or the file was changed",
  },
};

/** Makes a finding about `certificate`: an error, unless it is said to be a warning. */
export function revocationFinding(
  rule: RevocationRuleId,
  certificate: Certificate,
  flaw: PathFlaw,
  severity: "error" | "warning" = "error",
): Finding {
  const { citation, hint } = RULES[rule];
  return { rule, severity, subject: formatName(certificate.subject), ...flaw, citation, hint };
}
