import { createHash } from "node:crypto";
import type { AlgorithmIdentifier } from "../x509/algorithms.ts";
import type { Certificate } from "../x509/certificate.ts";
import { formatName } from "../x509/name-format.ts";
import { formatSerial, serialValue } from "../x509/serial.ts";
import { algorithmName } from "../x509/signature.ts";
import { formatTime } from "../x509/time.ts";

/** A serial number in the forms that people and files use. */
export interface SerialForms {
  readonly decimal: string;
  readonly hex: string;
  /** What the device's owner is asked for when registering it. */
  readonly lastFour: string;
}

/** A certificate's main facts as text, for reports and JSON. */
export interface CertificateSummary {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: SerialForms;
  /** RFC 3339, UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** As `--key` writes it: `ec:P-256`. */
  readonly key: string;
  readonly signatureAlgorithm: string;
  /** SHA-256 of the certificate, lower-case hex. */
  readonly sha256: string;
}

/** Gives a certificate's main facts as text. */
export function summarize(certificate: Certificate): CertificateSummary {
  return {
    subject: formatName(certificate.subject),
    issuer: formatName(certificate.issuer),
    serial: formatSerial(serialValue(certificate.serial)),
    notBefore: formatTime(certificate.notBefore.epochMs),
    notAfter: formatTime(certificate.notAfter.epochMs),
    key: certificate.publicKey.label,
    signatureAlgorithm: signatureName(certificate.innerAlgorithm),
    sha256: sha256Hex(certificate.der),
  };
}

/** A signature algorithm's name, its OID where we have none. */
export function signatureName({ oid }: AlgorithmIdentifier): string {
  return algorithmName(oid) ?? oid;
}

/** SHA-256 in lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
