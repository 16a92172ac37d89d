import { SamicertsError } from "../base/errors.ts";
import { type Finding, hasSeverity } from "../base/finding.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Role } from "../policy/policy.ts";
import type { AlgorithmIdentifier } from "../x509/algorithms.ts";
import {
  assembleCertificate,
  type Certificate,
  type CertificateDecoder,
  type CertificateDraft,
  decodeCertificate,
  encodeTbsCertificate,
} from "../x509/certificate.ts";
import type { Signer } from "../x509/signer.ts";

/** A draft in its place: what the judge needs to know of it. */
export interface Candidate {
  readonly draft: CertificateDraft;
  readonly role: Role;
  /** The certificates above it, its issuer first; empty for a root. */
  readonly issuers: readonly Certificate[];
  readonly atMs: number;
}

/** A draft that the judge has passed, not yet signed. */
export interface Approved {
  readonly tbs: Uint8Array;
  readonly algorithm: AlgorithmIdentifier;
  /** The certificate as it will be, but for its signature. */
  readonly certificate: Certificate;
  /** Warnings. */
  readonly findings: readonly Finding[];
}

/**
 * Encodes a draft, decodes the bytes as a stranger's, and lets the policy's judge read them: the one way to a signature.
 * Throws `policy.refused` with the findings where one of them is an error. `decode` is a decoder of the caller's own
 * where many alike are to be approved.
 */
export function approve(
  candidate: Candidate,
  judge: Judge,
  decode: CertificateDecoder = decodeCertificate,
): Approved {
  const tbs = encodeTbsCertificate(candidate.draft);
  const algorithm = candidate.draft.signatureAlgorithm;
  const certificate = decode(assembleCertificate(tbs, algorithm, UNSIGNED), "the new certificate");
  const issuer = candidate.issuers[0] ?? certificate;
  const findings = judge.evaluate({
    certificate,
    role: candidate.role,
    issuer,
    path: [certificate, ...candidate.issuers],
    atMs: candidate.atMs,
  });
  if (hasSeverity(findings, "error")) throw refused(findings, candidate.role, judge.policy.name);
  return { tbs, algorithm, certificate, findings };
}

/** Signs what the judge passed; gives the certificate's DER. */
export function sign(approved: Approved, signer: Signer): Uint8Array {
  return assembleCertificate(approved.tbs, approved.algorithm, signer.sign(approved.tbs));
}

/** The error for a certificate that its policy does not allow: every reason in one line, the first one's hint. */
export function refused(findings: readonly Finding[], role: Role, policy: string): SamicertsError {
  const errors = findings.filter((finding) => finding.severity === "error");
  const [first] = errors;
  const reasons = errors.map(
    ({ message, expected, rule }, index) =>
      `${message}${index === 0 ? `, expected ${expected}` : ""} [${rule}]`,
  );
  return new SamicertsError({
    kind: "refused",
    code: "policy.refused",
    message: `the policy ${policy} refuses this ${role}'s certificate: ${reasons.join("; ")}`,
    hint: first?.hint ?? "nothing was signed",
    findings: errors,
  });
}

const UNSIGNED: Uint8Array = Uint8Array.of(0);
