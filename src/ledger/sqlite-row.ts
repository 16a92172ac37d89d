import type { IssuedCertificate, IssuerId, LedgerRow } from "./ledger.ts";

/** A certificate's row as SQLite gives it; a blob is an ArrayBuffer. */
export interface StoredRow {
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
  if (state === "reserved") return { ...row, abandoned: isGone(stored.holder) };
  const certificate: IssuedCertificate = {
    der: bytes(stored.der),
    certificateSha256: bytes(stored.certificate_sha256),
    spkiSha256: bytes(stored.spki_sha256),
    notBeforeMs: stored.not_before_ms ?? 0,
    notAfterMs: stored.not_after_ms ?? 0,
    atMs: stored.issued_ms ?? 0,
  };
  return { ...row, abandoned: false, certificate };
}

function bytes(stored: ArrayBuffer | null | undefined): Uint8Array {
  return new Uint8Array(stored ?? new ArrayBuffer(0));
}
