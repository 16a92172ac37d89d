import type { AlgorithmIdentifier } from "./algorithms.ts";
import { REVOCATION_REASONS, type RevocationReason, reasonCode } from "./crl-reason.ts";
import { TAG } from "./der-reader.ts";
import {
  encode,
  encodeOctetsInBits,
  encodeSequence,
  encodeSmallInteger,
  encodeUnsigned,
  writeHeader,
} from "./der-writer.ts";
import { encodeAuthorityKeyIdentifier, encodeExtension } from "./extension-encode.ts";
import type { Name } from "./name.ts";
import { CRL_OID } from "./oids.ts";
import { serialOctets } from "./serial.ts";
import { encodeGeneralizedTime, encodeTime } from "./time.ts";

/** A CRL to be signed, but for its entries. */
export interface CrlDraft {
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly issuer: Name;
  /** Milliseconds since 1970, whole seconds, as are the others. */
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  readonly number: number;
  /** The issuer's key identifier. */
  readonly authorityKeyIdentifier: Uint8Array;
  /** Since when it has certificates that have expired; absent where they are left out. */
  readonly expiredCertsFromMs?: number;
}

/** An entry to be encoded. */
export interface EntryDraft {
  readonly serial: bigint;
  readonly reason: RevocationReason;
  readonly revokedMs: number;
  readonly invalidFromMs?: number;
}

/**
 * Encodes entries one after the other (RFC 5280, 5.3); the reason `unspecified` is left out, as 5.3.1 asks. All lengths in an
 * entry fit one octet: a serial number of 20 octets, two times and a reason come to 83.
 */
export function encodeCrlEntries(drafts: readonly EntryDraft[]): Uint8Array {
  const out = Buffer.allocUnsafe(drafts.length * MOST_ENTRY);
  let at = 0;
  const put = (part: Uint8Array): void => {
    out.set(part, at);
    at += part.length;
  };
  for (const { serial, reason, revokedMs, invalidFromMs } of drafts) {
    const start = at;
    at += 2;
    put(encodeUnsigned(serialOctets(serial)));
    put(encodeTime(revokedMs));
    const reasonDer = REASONS.get(reason);
    if (reasonDer !== undefined || invalidFromMs !== undefined) {
      const list = at;
      at += 2;
      if (reasonDer !== undefined) put(reasonDer);
      if (invalidFromMs !== undefined) put(encodeMoment(CRL_OID.invalidityDate, invalidFromMs));
      closeSequence(out, list, at);
    }
    closeSequence(out, start, at);
  }
  return Buffer.from(out.subarray(0, at));
}

/** Writes the header of a SEQUENCE that begins at `start` and ends at `end`, less than 128 octets long. */
function closeSequence(out: Uint8Array, start: number, end: number): void {
  out[start] = TAG.sequence;
  out[start + 1] = end - start - 2;
}

/**
 * Encodes the to-be-signed part of a CRL of version 2 (RFC 5280, 5.1) in one piece, around `entries`, which are whole
 * entries one after the other, in as many pieces as they come.
 */
export function encodeTbsCrl(draft: CrlDraft, entries: readonly Uint8Array[]): Uint8Array {
  const { signatureAlgorithm, issuer, thisUpdateMs, nextUpdateMs } = draft;
  const front = [
    VERSION_2,
    signatureAlgorithm.der,
    issuer.der,
    encodeTime(thisUpdateMs),
    encodeTime(nextUpdateMs),
  ];
  const extensions = encode(0xa0, encodeSequence(...crlExtensions(draft)));
  const entriesLength = lengthOf(entries);
  // A list that is there has an entry (RFC 5280, 5.1.2.6).
  const list = entriesLength === 0 ? [] : [header(TAG.sequence, entriesLength), ...entries];
  const parts = [...front, ...list, extensions];
  const length = lengthOf(parts);
  const out = Buffer.allocUnsafe(length + MOST_HEADER);
  let at = writeHeader(out, 0, TAG.sequence, length);
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out.subarray(0, at);
}

/** A CRL's octets from its to-be-signed part and its signature, in pieces: the large one is not copied. */
export function assembleCrl(
  tbs: Uint8Array,
  algorithm: AlgorithmIdentifier,
  signature: Uint8Array,
): readonly Uint8Array[] {
  const rest = [tbs, algorithm.der, encodeOctetsInBits(signature)];
  return [header(TAG.sequence, lengthOf(rest)), ...rest];
}

function crlExtensions({
  authorityKeyIdentifier,
  number,
  expiredCertsFromMs,
}: CrlDraft): readonly Uint8Array[] {
  return [
    encodeAuthorityKeyIdentifier(authorityKeyIdentifier),
    encodeExtension(CRL_OID.cRLNumber, false, encodeSmallInteger(number)),
    ...(expiredCertsFromMs === undefined
      ? []
      : [encodeMoment(CRL_OID.expiredCertsOnCRL, expiredCertsFromMs)]),
  ];
}

function encodeMoment(oid: string, epochMs: number): Uint8Array {
  return encodeExtension(oid, false, encodeGeneralizedTime(epochMs));
}

function header(tag: number, length: number): Uint8Array {
  const out = new Uint8Array(MOST_HEADER);
  return out.subarray(0, writeHeader(out, 0, tag, length));
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

const REASONS: ReadonlyMap<RevocationReason, Uint8Array> = new Map(
  REVOCATION_REASONS.filter((reason) => reason !== "unspecified").map((reason) => [
    reason,
    encodeExtension(CRL_OID.reasonCode, false, encodeSmallInteger(reasonCode(reason), TAG.enumerated)),
  ]),
);
const VERSION_2: Uint8Array = Uint8Array.of(TAG.integer, 1, 1);
const MOST_HEADER = 6;
const MOST_ENTRY = 96;
