import { createHash } from "node:crypto";
import { type Finding, hasSeverity } from "../base/finding.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Role } from "../policy/policy.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import type { Extension } from "../x509/extensions.ts";
import { extensionName } from "../x509/oids.ts";
import { describeExtension } from "./describe-extension.ts";
import { type CertificateSummary, summarize } from "./summary.ts";

/** An extension in words. */
export interface ExtensionSummary {
  readonly oid: string;
  /** Its RFC 5280 name; the OID where we have none. */
  readonly name: string;
  readonly critical: boolean;
  /** One line each. */
  readonly lines: readonly string[];
}

/** Everything about one certificate in words. */
export interface InspectedCertificate {
  /** What it was read from. */
  readonly source: string;
  /** Its place in the source, from 0. */
  readonly index: number;
  readonly certificate: CertificateSummary;
  readonly version: number;
  readonly selfIssued: boolean;
  /** SHA-1 of the certificate, lower-case hex. */
  readonly sha1: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  /** RSA: the public exponent in decimal. */
  readonly exponent?: string;
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
  /** DER. */
  readonly certificates: readonly Uint8Array[];
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly policy?: { readonly name: string; readonly judge: Judge };
  /** By default a certificate that names itself as its issuer is a root, another CA an intermediate. */
  readonly role?: Role;
}

/** Puts certificates into words; throws `der.*` and `certificate.*` where one can't be decoded. */
export function inspect(input: InspectInput): readonly InspectedCertificate[] {
  return input.certificates.map((der, index) => {
    const what = input.certificates.length > 1 ? `${input.source} (certificate ${index + 1})` : input.source;
    const certificate = decodeCertificate(der, what);
    const selfIssued = Buffer.compare(certificate.issuer.der, certificate.subject.der) === 0;
    const role = input.role ?? guessRole(certificate, selfIssued);
    const { exponent } = certificate.publicKey;
    return {
      source: input.source,
      index,
      certificate: summarize(certificate),
      version: certificate.version,
      selfIssued,
      sha1: digest("sha1", der),
      spkiSha256: digest("sha256", certificate.publicKey.der),
      ...(exponent === undefined
        ? {}
        : { exponent: BigInt(`0x${Buffer.from(exponent).toString("hex") || "0"}`).toString() }),
      extensions: certificate.extensions.map((extension) => summarizeExtension(extension, certificate)),
      ...timeLeft(certificate, input.atMs),
      ...(input.policy === undefined
        ? {}
        : { verdict: verdict(certificate, role, selfIssued, input.policy, input.atMs) }),
    };
  });
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

function summarizeExtension(extension: Extension, certificate: Certificate): ExtensionSummary {
  return {
    oid: extension.oid,
    name: extensionName(extension.oid) ?? extension.oid,
    critical: extension.critical,
    lines: describeExtension(extension, certificate.known),
  };
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

function digest(hash: "sha1" | "sha256", bytes: Uint8Array): string {
  return createHash(hash).update(bytes).digest("hex");
}
