import { type RevocationReason, reasonOf } from "../x509/crl-reason.ts";
import type { IssuedCertificate, IssuerId, LedgerRow } from "./ledger.ts";
import type { Revocation } from "./revocation.ts";

/** A revocation as SQLite gives it; null throughout where there is none. */
export interface StoredRevocation {
  readonly reason: number | null;
  readonly revoked_ms: number | null;
  readonly invalid_from_ms: number | null;
  readonly recorded_ms: number | null;
}

/** A certificate's row as SQLite gives it; a blob is an ArrayBuffer. */
export interface StoredRow extends StoredRevocation {
  readonly id: number;
  readonly issuer: IssuerId;
  readonly serial: string;
  readonly name: string;
  readonly state: "reserved" | "issued";
  readonly batch: number | null;
  readonly line: number | null;
  readonly key_elsewhere: number;
  readonly renews: string | null;
  readonly replaces: string | null;
  /** The row's own holder, or its batch's. */
  readonly holder: string | null;
  readonly batch_finished_ms: number | null;
  readonly reserved_ms: number;
  readonly issued_ms: number | null;
  readonly spki_sha256: ArrayBuffer | null;
  readonly certificate_sha256: ArrayBuffer | null;
  readonly not_before_ms: number | null;
  readonly not_after_ms: number | null;
  readonly der?: ArrayBuffer | null;
}

/** A revocation as the ledger's users see it; undefined where there is none. */
export function readRevocation(stored: StoredRevocation): Revocation | undefined {
  const { reason, revoked_ms, invalid_from_ms, recorded_ms } = stored;
  if (reason === null || revoked_ms === null || recorded_ms === null) return undefined;
  return {
    reason: reasonOf(reason) as RevocationReason,
    revokedMs: revoked_ms,
    ...(invalid_from_ms === null ? {} : { invalidFromMs: invalid_from_ms }),
    recordedMs: recorded_ms,
  };
}

/** The row as the ledger's users see it; `isGone` tells of a holder whether its process is gone. */
export function ledgerRow(stored: StoredRow, isGone: (holder: string | null) => boolean): LedgerRow {
  const { issuer, serial, name, state } = stored;
  const row = {
    issuer,
    serial,
    name,
    state,
    reservedMs: stored.reserved_ms,
    ...(stored.batch === null || stored.line === null ? {} : { batch: stored.batch, line: stored.line }),
    ...(stored.renews === null ? {} : { renews: stored.renews }),
    ...(stored.replaces === null ? {} : { replaces: stored.replaces }),
    ...(stored.key_elsewhere === 1 ? { keyElsewhere: true as const } : {}),
  };
  if (state === "reserved") {
    const left = stored.batch_finished_ms === null ? {} : { batchFinished: true as const };
    return { ...row, ...left, abandoned: isGone(stored.holder) };
  }
  const certificate: IssuedCertificate = {
    der: bytes(stored.der),
    certificateSha256: bytes(stored.certificate_sha256),
    spkiSha256: bytes(stored.spki_sha256),
    notBeforeMs: stored.not_before_ms ?? 0,
    notAfterMs: stored.not_after_ms ?? 0,
    atMs: stored.issued_ms ?? 0,
  };
  const revocation = readRevocation(stored);
  return { ...row, abandoned: false, certificate, ...(revocation === undefined ? {} : { revocation }) };
}

function bytes(stored: ArrayBuffer | null | undefined): Uint8Array {
  return new Uint8Array(stored ?? new ArrayBuffer(0));
}
