import { randomBytes } from "node:crypto";
import type { ChunkRow } from "../src/ledger/batch.ts";
import type { IssuedColumns } from "../src/ledger/issued-columns.ts";

/** As long as a P-256 device's certificate. */
export const DER_OCTETS = 480;
export const YEAR_MS: number = 365 * 86_400_000;

const DER = randomBytes(DER_OCTETS);

/** Certificates that nobody has signed, for these rows: issued at `issuedMs`, valid for ten years from `notBeforeMs`. */
export function randomColumns(
  rows: readonly ChunkRow[],
  issuedMs: number,
  notBeforeMs: number,
): IssuedColumns {
  const { length } = rows;
  return {
    serials: rows.map(({ serial }) => serial),
    issuedMs,
    notBeforeMs: new Float64Array(length).fill(notBeforeMs),
    notAfterMs: new Float64Array(length).fill(notBeforeMs + 10 * YEAR_MS),
    spkiSha256: randomBytes(32 * length),
    certificateSha256: randomBytes(32 * length),
    der: Buffer.concat(Array.from({ length }, () => DER)),
    derLengths: new Uint32Array(length).fill(DER_OCTETS),
  };
}
