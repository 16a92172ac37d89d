import { createHash } from "node:crypto";
import type { Finding } from "../base/finding.ts";
import type { Ledger, LedgerRow } from "../ledger/ledger.ts";
import type { Revocation } from "../ledger/revocation.ts";
import type { Certificate } from "../x509/certificate.ts";
import type { PathCheck } from "../x509/crl-checker.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { formatName } from "../x509/name-format.ts";
import { revocationFinding } from "../x509/revocation-finding.ts";
import { formatSerial, serialValue } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";

/**
 * Makes a check of whole paths against the ledger that their issuers write: a certificate that it has as revoked or on
 * hold by the moment `atMs`, or of whose serial it has another, is refused; one that it does not have is a warning. What
 * other authorities issued is passed over.
 */
export function createLedgerChecker(
  ledger: Pick<Ledger, "issuers" | "find" | "stands">,
  atMs: number,
): PathCheck {
  const issuers = new Map(
    ledger.issuers().map(({ id, subject, spkiSha256 }) => [keyOf(subject, spkiSha256), id]),
  );
  const issuerIds = new WeakMap<Certificate, { readonly id: number | undefined }>();
  const checked = new WeakMap<Certificate, readonly Finding[]>();

  const idOf = (issuer: Certificate): number | undefined => {
    const known = issuerIds.get(issuer);
    if (known !== undefined) return known.id;
    const id = issuers.get(keyOf(formatName(issuer.subject), sha256(issuer.publicKey.der)));
    issuerIds.set(issuer, { id });
    return id;
  };

  const check = (certificate: Certificate, issuer: Certificate): readonly Finding[] => {
    const id = idOf(issuer);
    if (id === undefined) return [];
    const serial = serialValue(certificate.serial).toString();
    const digest = sha256(certificate.der);
    // Nearly all do; only of the others is there more to be asked.
    return ledger.stands(id, serial, digest) ? [] : judge(certificate, digest, ledger.find(id, serial), atMs);
  };

  return (path) =>
    path.slice(0, -1).flatMap((certificate, place) => {
      const known = checked.get(certificate);
      if (known !== undefined) return known;
      const found = check(certificate, path[place + 1] as Certificate);
      // A device is seen once; its issuers again and again.
      if (place > 0) checked.set(certificate, found);
      return found;
    });
}

function judge(
  certificate: Certificate,
  digest: Uint8Array,
  row: LedgerRow | undefined,
  atMs: number,
): readonly Finding[] {
  const { decimal, hex } = formatSerial(certificate.serial);
  const serial = `serial ${decimal} (${hex})`;
  const recorded = row?.certificate;
  if (recorded === undefined)
    return [
      revocationFinding(
        "revocation.not-issued",
        certificate,
        {
          message:
            row === undefined
              ? `its issuer's ledger does not know ${serial}`
              : `its issuer's ledger has ${serial} as reserved, not as issued`,
          expected: "issued",
          actual: row === undefined ? "unknown" : "reserved",
        },
        "warning",
      ),
    ];
  if (!sameBytes(digest, recorded.certificateSha256))
    return [
      revocationFinding("revocation.other-certificate", certificate, {
        message: `its issuer's ledger has another certificate of ${serial}`,
        expected: `SHA-256 ${text(recorded.certificateSha256)}`,
        actual: `SHA-256 ${text(digest)}`,
      }),
    ];
  const revocation = row?.revocation;
  return revocation === undefined || !isRevoked(revocation, atMs) ? [] : [revoked(certificate, revocation)];
}

function isRevoked({ revokedMs, invalidFromMs = revokedMs }: Revocation, atMs: number): boolean {
  return Math.min(revokedMs, invalidFromMs) <= atMs;
}

function revoked(certificate: Certificate, { reason, revokedMs, invalidFromMs }: Revocation): Finding {
  const since = formatTime(revokedMs);
  const isHeld = reason === "certificateHold";
  const invalid =
    invalidFromMs === undefined ? "" : `; not to be relied on since ${formatTime(invalidFromMs)}`;
  return revocationFinding(isHeld ? "revocation.on-hold" : "revocation.revoked", certificate, {
    message: isHeld
      ? `it has been on hold since ${since}`
      : `it was revoked on ${since}, reason ${reason}${invalid}`,
    expected: "not revoked in its issuer's ledger",
    actual: `${isHeld ? "on hold" : "revoked"} in it since ${since}`,
  });
}

function keyOf(subject: string, spkiSha256: Uint8Array): string {
  return `${text(spkiSha256)} ${subject}`;
}

function text(digest: Uint8Array): string {
  return Buffer.from(digest).toString("hex");
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
