import type { ChunkCertificate, IssuedColumns } from "../ledger/issued-columns.ts";

/** Puts columns one after the other, which were all issued at the same time. */
export function joinColumns(parts: readonly IssuedColumns[], issuedMs: number): IssuedColumns {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return {
    serials: parts.flatMap(({ serials }) => serials),
    issuedMs,
    notBeforeMs: joined(
      parts.map(({ notBeforeMs }) => notBeforeMs),
      Float64Array,
    ),
    notAfterMs: joined(
      parts.map(({ notAfterMs }) => notAfterMs),
      Float64Array,
    ),
    spkiSha256: Buffer.concat(parts.map(({ spkiSha256 }) => spkiSha256)),
    certificateSha256: Buffer.concat(parts.map(({ certificateSha256 }) => certificateSha256)),
    der: Buffer.concat(parts.map(({ der }) => der)),
    derLengths: joined(
      parts.map(({ derLengths }) => derLengths),
      Uint32Array,
    ),
  };
}

function joined<Numbers extends Float64Array | Uint32Array>(
  parts: readonly Numbers[],
  make: new (length: number) => Numbers,
): Numbers {
  const all = new make(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Makes columns of certificates; throws a RangeError where they were not all issued at the same time. */
export function columnsOf(certificates: readonly ChunkCertificate[]): IssuedColumns {
  const issuedMs = certificates[0]?.atMs ?? 0;
  if (certificates.some(({ atMs }) => atMs !== issuedMs)) throw new RangeError("issued at different times");
  return {
    serials: certificates.map(({ serial }) => serial),
    issuedMs,
    notBeforeMs: Float64Array.from(certificates, ({ notBeforeMs }) => notBeforeMs),
    notAfterMs: Float64Array.from(certificates, ({ notAfterMs }) => notAfterMs),
    spkiSha256: Buffer.concat(certificates.map(({ spkiSha256 }) => spkiSha256)),
    certificateSha256: Buffer.concat(certificates.map(({ certificateSha256 }) => certificateSha256)),
    der: Buffer.concat(certificates.map(({ der }) => der)),
    derLengths: Uint32Array.from(certificates, ({ der }) => der.length),
  };
}
