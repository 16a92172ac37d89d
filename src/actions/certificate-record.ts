import type { Finding, Severity } from "../base/finding.ts";
import type { Certificate } from "../x509/certificate.ts";
import { formatName } from "../x509/name-format.ts";
import { formatSerial } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";
import { sha256Hex } from "./summary.ts";

/** What a manifest, or a line of an archive, says of one device's certificate. */
export interface CertificateRecord {
  /** In decimal digits. */
  readonly serial: string;
  /** The device's. */
  readonly name: string;
  /** SHA-256 of the certificate's DER, lower-case hex. */
  readonly sha256: string;
  /** SHA-256 of its SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  /** RFC 3339. */
  readonly notAfter: string;
}

/** Who says what of a certificate. */
export interface Recorded {
  /** As in a sentence: `the manifest`. */
  readonly by: string;
  /** Absent where it says nothing of the certificate, although it should. */
  readonly record?: CertificateRecord;
  /** How grave it is that there is no record. */
  readonly unlisted?: Severity;
}

const CITATION = "samicerts, docs/manifest.md";
const RESTORE = "it was replaced or changed: put it back from where the batch left it, or from the ledger";

/**
 * Where a certificate is not what was recorded of it, a finding each; none where it is. `named` tells whether the
 * devices' names are in their subjects.
 */
export function compareRecord(
  { by, record, unlisted = "error" }: Recorded,
  certificate: Certificate,
  named: boolean,
): readonly Finding[] {
  const findings: Finding[] = [];
  const add = (
    rule: string,
    severity: Severity,
    message: string,
    expected: string,
    actual: string,
    hint: string,
  ): void => {
    const subject = formatName(certificate.subject);
    findings.push({ rule, severity, subject, message, expected, actual, citation: CITATION, hint });
  };
  if (record === undefined) {
    add(
      "manifest.extra",
      unlisted,
      `${by} does not list it`,
      "nothing but the devices of the manifest",
      `serial ${formatSerial(certificate.serial).decimal}`,
      "find out who put it there; if it is of another batch, verify that batch's manifest too",
    );
    return findings;
  }
  const differ = (field: string, message: string, recorded: string, found: string): void => {
    if (recorded !== found) add(`record.${field}`, "error", message, recorded, found, RESTORE);
  };
  const serial = formatSerial(certificate.serial).decimal;
  const end = formatTime(certificate.notAfter.epochMs);
  const fingerprint = sha256Hex(certificate.der);
  differ("fingerprint", `it is not the certificate that ${by} records`, record.sha256, fingerprint);
  const key = sha256Hex(certificate.publicKey.der);
  differ("key", `its public key is not the one that ${by} records`, record.spkiSha256, key);
  differ("serial", `its serial is ${serial}, ${by} records ${record.serial}`, record.serial, serial);
  differ("not-after", `it ends on ${end}, ${by} records ${record.notAfter}`, record.notAfter, end);
  const attributes = certificate.subject.rdns.flat();
  if (named && !attributes.some(({ text }) => text.includes(record.name)))
    add(
      "record.name",
      "error",
      `its subject does not have the name that ${by} records, ${record.name}`,
      record.name,
      formatName(certificate.subject),
      RESTORE,
    );
  return findings;
}

/** The finding about a device that is recorded and whose certificate is not there. */
export function missingCertificate(by: string, record: CertificateRecord): Finding {
  const device = `serial ${record.serial}, ${record.name}`;
  return {
    rule: "manifest.missing",
    severity: "error",
    subject: device,
    message: `${by} lists it, and it is not there`,
    expected: `the certificate of ${device}`,
    actual: "nothing",
    citation: CITATION,
    hint: "put it back from where the batch left it, or from the ledger: it has every certificate",
  };
}
