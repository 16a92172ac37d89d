import type { IssuedCertificate } from "./ledger.ts";

/** A certificate of a chunk; `atMs` within it is when it was issued. */
export interface ChunkCertificate extends IssuedCertificate {
  readonly serial: string;
}

/**
 * Certificates of a chunk as columns: each fact of all of them in one piece of memory, in their order. An object for each
 * certificate, with a view for each of its facts, costs a batch as much as writing it.
 */
export interface IssuedColumns extends IssuedFacts {
  /** In decimal digits. */
  readonly serials: readonly string[];
  /** When all of them were issued, in milliseconds since 1970. */
  readonly issuedMs: number;
}

/** The columns that whoever signs can fill. */
export interface IssuedFacts {
  /** Milliseconds since 1970, as are the others. */
  readonly notBeforeMs: Float64Array;
  readonly notAfterMs: Float64Array;
  /** SHA-256 of each SubjectPublicKeyInfo, 32 octets each. */
  readonly spkiSha256: Uint8Array;
  /** SHA-256 of each certificate's DER, 32 octets each. */
  readonly certificateSha256: Uint8Array;
  /** Every certificate's DER, one after the other, and how many octets each one has. */
  readonly der: Uint8Array;
  readonly derLengths: Uint32Array;
}

/** Octets of a digest. */
export const DIGEST = 32;

/** Takes columns apart into certificates, in their order. */
export function* certificatesOf(columns: IssuedColumns): Generator<ChunkCertificate> {
  const { serials, issuedMs, notBeforeMs, notAfterMs, spkiSha256, certificateSha256, der, derLengths } =
    columns;
  let at = 0;
  for (const [index, serial] of serials.entries()) {
    const end = at + (derLengths[index] as number);
    yield {
      serial,
      atMs: issuedMs,
      notBeforeMs: notBeforeMs[index] as number,
      notAfterMs: notAfterMs[index] as number,
      spkiSha256: new Uint8Array(spkiSha256.subarray(index * DIGEST, (index + 1) * DIGEST)),
      certificateSha256: new Uint8Array(certificateSha256.subarray(index * DIGEST, (index + 1) * DIGEST)),
      der: new Uint8Array(der.subarray(at, end)),
    };
    at = end;
  }
}

/** Those of a chunk that are valid from the same moment to the same moment, as mostly all of them are. */
export interface SameValidity
  extends Pick<IssuedColumns, "serials" | "issuedMs" | "spkiSha256" | "certificateSha256"> {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Takes columns apart by validity. */
export function byValidity(columns: IssuedColumns): readonly SameValidity[] {
  const { serials, issuedMs, notBeforeMs, notAfterMs, spkiSha256, certificateSha256 } = columns;
  const [first = 0, last = 0] = [notBeforeMs[0], notAfterMs[0]];
  const same = (index: number): boolean => notBeforeMs[index] === first && notAfterMs[index] === last;
  if (serials.every((_, index) => same(index)))
    return [{ serials, issuedMs, notBeforeMs: first, notAfterMs: last, spkiSha256, certificateSha256 }];
  const groups = new Map<string, number[]>();
  for (const index of serials.keys()) {
    const validity = `${notBeforeMs[index]} ${notAfterMs[index]}`;
    const group = groups.get(validity);
    if (group === undefined) groups.set(validity, [index]);
    else group.push(index);
  }
  return [...groups.values()].map((group) => {
    const digests = (from: Uint8Array): Uint8Array =>
      Buffer.concat(group.map((index) => from.subarray(index * DIGEST, (index + 1) * DIGEST)));
    const [one = 0] = group;
    return {
      serials: group.map((index) => serials[index] as string),
      issuedMs,
      notBeforeMs: notBeforeMs[one] as number,
      notAfterMs: notAfterMs[one] as number,
      spkiSha256: digests(spkiSha256),
      certificateSha256: digests(certificateSha256),
    };
  });
}
