import { createHash } from "node:crypto";
import { type Finding, hasSeverity } from "../base/finding.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Role } from "../policy/policy.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import {
  checkSignature,
  describeAlgorithm,
  type KeyFacts,
  keyFacts,
  type SignatureHolds,
} from "./describe-algorithm.ts";
import { type ExtensionSummary, summarizeExtension } from "./describe-extension.ts";
import { type CertificateSummary, summarize } from "./summary.ts";

/** Everything about one certificate in words. */
export interface InspectedCertificate extends KeyFacts {
  /** What it was read from. */
  readonly source: string;
  /** Its place in the source, from 0. */
  readonly index: number;
  readonly certificate: CertificateSummary;
  readonly version: number;
  readonly selfIssued: boolean;
  /** Of one that names itself as its issuer: whether its own key has signed it. */
  readonly selfSigned?: SignatureHolds;
  /** The signature's algorithm with its parameters. */
  readonly signature: string;
  /** SHA-1 of the certificate, lower-case hex. */
  readonly sha1: string;
  readonly extensions: readonly ExtensionSummary[];
  /** Days until notAfter, negative when it is past; null where there is no expiry. */
  readonly daysLeft: number | null;
  readonly state: "current" | "not yet valid" | "expired";
  readonly verdict?: PolicyVerdict;
}

/** What a policy says of a certificate by itself, its path aside. */
export interface PolicyVerdict {
  readonly policy: string;
  readonly role: Role;
  readonly compliant: boolean;
  readonly findings: readonly Finding[];
}

/** Certificates to be put into words, and the policy to judge them by. */
export interface InspectInput {
  readonly source: string;
  readonly certificates: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly policy?: { readonly name: string; readonly judge: Judge };
  /** By default a certificate that names itself as its issuer is a root, another CA an intermediate. */
  readonly role?: Role;
}

/** Puts certificates into words. */
export function inspect(input: InspectInput): readonly InspectedCertificate[] {
  return input.certificates.map((certificate, index) => {
    const selfIssued = sameBytes(certificate.issuer.der, certificate.subject.der);
    const role = input.role ?? guessRole(certificate, selfIssued);
    return {
      source: input.source,
      index,
      certificate: summarize(certificate),
      version: certificate.version,
      selfIssued,
      ...(selfIssued ? { selfSigned: selfSigned(certificate) } : {}),
      signature: describeAlgorithm(certificate.outerAlgorithm),
      ...keyFacts(certificate.publicKey),
      sha1: createHash("sha1").update(certificate.der).digest("hex"),
      extensions: certificate.extensions.map(summarizeExtension),
      ...timeLeft(certificate, input.atMs),
      ...(input.policy === undefined
        ? {}
        : { verdict: verdict(certificate, role, selfIssued, input.policy, input.atMs) }),
    };
  });
}

/** Decodes the certificates of a source, each named in errors; throws `der.*` and `certificate.*`. */
export function decodeCertificates(
  source: string,
  certificates: readonly Uint8Array[],
): readonly Certificate[] {
  return certificates.map((der, index) =>
    decodeCertificate(der, certificates.length > 1 ? `${source} (certificate ${index + 1})` : source),
  );
}

function selfSigned({ tbs, outerAlgorithm, signature, publicKey }: Certificate): SignatureHolds {
  return checkSignature(tbs, outerAlgorithm, signature, publicKey);
}

function verdict(
  certificate: Certificate,
  role: Role,
  selfIssued: boolean,
  policy: { readonly name: string; readonly judge: Judge },
  atMs: number,
): PolicyVerdict {
  const findings = policy.judge.evaluate({
    certificate,
    role,
    atMs,
    ...(selfIssued ? { issuer: certificate } : {}),
  });
  return { policy: policy.name, role, compliant: !hasSeverity(findings, "error"), findings };
}

function guessRole(certificate: Certificate, selfIssued: boolean): Role {
  if (certificate.known.basicConstraints?.ca !== true) return "device";
  return selfIssued ? "root" : "intermediate";
}

const DAY_MS = 86_400_000;

function timeLeft(certificate: Certificate, atMs: number): Pick<InspectedCertificate, "daysLeft" | "state"> {
  const { notBefore, notAfter } = certificate;
  const noExpiry = new Date(notAfter.epochMs).getUTCFullYear() === 9999;
  return {
    daysLeft: noExpiry ? null : Math.floor((notAfter.epochMs - atMs) / DAY_MS),
    state: atMs < notBefore.epochMs ? "not yet valid" : atMs > notAfter.epochMs ? "expired" : "current",
  };
}
