import { algorithmIdentifier, curveByName, KEY_OID } from "../x509/algorithms.ts";
import {
  encode,
  encodeOctetString,
  encodeOctetsInBits,
  encodeOid,
  encodeSequence,
  encodeSmallInteger,
} from "../x509/der-writer.ts";
import type { PublicKey } from "../x509/public-key.ts";

/** Octets at a known place in a structure of fixed length. */
interface Slot {
  readonly offset: number;
  readonly length: number;
}

/** One curve's private and public key structures, whole but for the scalar and the point, which are zero. */
export interface EcStructure {
  /** OpenSSL's name of the curve. */
  readonly opensslName: string;
  /** PrivateKeyInfo (RFC 5958) around ECPrivateKey (RFC 5915), the public key in it, as OpenSSL writes it. */
  readonly pkcs8: Uint8Array;
  readonly scalar: Slot;
  readonly point: Slot;
  /** SubjectPublicKeyInfo (RFC 5480); the point stands at its end. */
  readonly spki: Uint8Array;
  readonly publicKey: Pick<PublicKey, "algorithm" | "kind" | "curve" | "label">;
}

/** Lays out the structures for `curve`, one of CURVES by its name; throws RangeError for another. */
export function ecStructure(curve: string): EcStructure {
  const facts = curveByName(curve);
  if (facts === undefined) throw new RangeError(`no curve ${curve}`);
  const octets = (facts.bits + 7) >> 3;
  const algorithm = algorithmIdentifier(KEY_OID.ec, encodeOid(facts.oid));
  const point = new Uint8Array(1 + 2 * octets);
  const pkcs8 = encodeSequence(
    encodeSmallInteger(0),
    algorithm.der,
    encodeOctetString(
      encodeSequence(
        encodeSmallInteger(1),
        encodeOctetString(new Uint8Array(octets)),
        encode(PUBLIC_KEY_TAG, encodeOctetsInBits(point)),
      ),
    ),
  );
  const pointAt = pkcs8.length - point.length;
  const publicHeader = encode(PUBLIC_KEY_TAG, encodeOctetsInBits(point)).length - point.length;
  return {
    opensslName: facts.opensslName,
    pkcs8,
    scalar: { offset: pointAt - publicHeader - octets, length: octets },
    point: { offset: pointAt, length: point.length },
    spki: encodeSequence(algorithm.der, encodeOctetsInBits(point)),
    publicKey: { algorithm, kind: "ec", curve, label: `ec:${curve}` },
  };
}

/**
 * Fills in a key pair: `scalar` big-endian of at most the field's length, padded on the left (RFC 5915, 3),
 * `point` uncompressed. Gives the PKCS#8 DER and the public key, in memory of their own.
 */
export function fillEcStructure(
  structure: EcStructure,
  scalar: Uint8Array,
  point: Uint8Array,
): { readonly pkcs8: Uint8Array; readonly publicKey: PublicKey } {
  const pkcs8 = new Uint8Array(structure.pkcs8);
  pkcs8.set(scalar, structure.scalar.offset + structure.scalar.length - scalar.length);
  pkcs8.set(point, structure.point.offset);
  const der = new Uint8Array(structure.spki);
  der.set(point, der.length - point.length);
  return { pkcs8, publicKey: { der, bits: der.subarray(der.length - point.length), ...structure.publicKey } };
}

/** [1] EXPLICIT in ECPrivateKey. */
const PUBLIC_KEY_TAG = 0xa1;
