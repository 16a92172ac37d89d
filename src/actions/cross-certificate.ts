import { issueDefaults, prepareDrafter } from "../policy/draft.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Policy, Role } from "../policy/policy.ts";
import { signatureAlgorithmFor } from "../x509/algorithms.ts";
import type { Certificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { type Approved, approve } from "./certify.ts";

/** The role that a cross-certificate is judged in: a root's where both roots have the same name, as `verify` does. */
export function crossRole(subject: Certificate, issuer: Certificate): Role {
  return sameBytes(subject.subject.der, issuer.subject.der) ? "root" : "intermediate";
}

/**
 * Drafts a cross-certificate for the name and key of the root `subject`, to be signed by the root `issuer` (RFC 4210,
 * 4.4), with a root's extensions and the issuer's key identifier, valid while both are; lets the judge read it.
 * Throws `policy.refused` with the findings.
 */
export function approveCross(
  subject: Certificate,
  issuer: Certificate,
  publicKey: PublicKey,
  serial: bigint,
  judge: Judge,
  nowMs: number,
): Approved {
  const role = crossRole(subject, issuer);
  const defaults = issueDefaults(judge.policy, "root");
  const policy: Policy = {
    ...judge.policy,
    issue: { ...judge.policy.issue, [role]: { ...defaults, authorityKeyIdentifier: true } },
  };
  const signatureAlgorithm = signatureAlgorithmFor(issuer.publicKey, defaults.hash);
  const draft = prepareDrafter({ policy, role, issuer, signatureAlgorithm })({
    serial,
    subject: subject.subject,
    publicKey,
    notBeforeMs: Math.max(subject.notBefore.epochMs, issuer.notBefore.epochMs),
    notAfterMs: Math.min(subject.notAfter.epochMs, issuer.notAfter.epochMs),
  });
  return approve({ draft, role, issuers: [issuer], atMs: nowMs }, judge);
}
