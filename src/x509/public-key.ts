import { type AlgorithmIdentifier, curveByOid, KEY_OID, readAlgorithm } from "./algorithms.ts";
import { DerReader, derError, readSequence, TAG } from "./der-reader.ts";
import type { PartMemory } from "./part-memory.ts";

/** A SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) with what it says of the key. */
export interface PublicKey {
  /** The whole SubjectPublicKeyInfo. */
  readonly der: Uint8Array;
  readonly algorithm: AlgorithmIdentifier;
  /** The subjectPublicKey's octets: an EC point, an RSAPublicKey, 32 octets of Ed25519. */
  readonly bits: Uint8Array;
  readonly kind: "ec" | "rsa" | "ed25519" | "other";
  /** EC: the curve's name, or its OID where we have no name for it. */
  readonly curve?: string;
  /** RSA: the modulus, unsigned big-endian without leading zeros. */
  readonly modulus?: Uint8Array;
  /** RSA: the length of the modulus in bits. */
  readonly modulusBits?: number;
  /** RSA: the public exponent, unsigned big-endian without leading zeros. */
  readonly exponent?: Uint8Array;
  /** As `--key` writes it: `ec:P-256`, `rsa:2048`, `ed25519`; the algorithm's OID for others. */
  readonly label: string;
}

/**
 * Reads a SubjectPublicKeyInfo: EC points by named curve and of the curve's length (RFC 5480),
 * RSA with NULL parameters (RFC 3279, 2.3.1) and a positive modulus and exponent, Ed25519 of 32 octets (RFC 8410).
 * Other algorithms are kept as they are. Throws `der.*`.
 */
export function readPublicKey(reader: DerReader, what: string, memory?: PartMemory<KeyAlgorithm>): PublicKey {
  const start = reader.offset;
  const sequence = reader.sequence(what);
  const { algorithm, curve } =
    memory === undefined
      ? readKeyAlgorithm(sequence, `${what}: algorithm`)
      : memory.read(sequence, what, "algorithm", readKeyAlgorithm);
  const bitsAt = sequence.offset;
  const bits = sequence.octetsInBits(`${what}.subjectPublicKey`);
  sequence.end(what);
  const der = reader.bytes.subarray(start, reader.offset);
  if (curve !== undefined) return ecKey(der, algorithm, curve, bits, what, bitsAt);
  if (algorithm.oid === KEY_OID.rsa) return rsaKey(der, algorithm, bits, what, bitsAt);
  if (algorithm.oid === KEY_OID.ed25519) {
    if (algorithm.parameters !== undefined)
      throw derError("algorithm", what, start, "Ed25519 takes no parameters (RFC 8410, 3)");
    if (bits.length !== 32) throw derError("key", what, bitsAt, "an Ed25519 public key has 32 octets");
    return { der, algorithm, bits, kind: "ed25519", label: "ed25519" };
  }
  return { der, algorithm, bits, kind: "other", label: algorithm.oid };
}

/** Reads a SubjectPublicKeyInfo that stands alone; throws `der.*`. */
export function decodePublicKey(der: Uint8Array, what = "public key"): PublicKey {
  const reader = new DerReader(der);
  const key = readPublicKey(reader, what);
  reader.end(what);
  return key;
}

/** A public key's algorithm, and for an EC key its curve: all that keys of one kind share. */
export interface KeyAlgorithm {
  readonly algorithm: AlgorithmIdentifier;
  readonly curve?: NamedCurve;
}

interface NamedCurve {
  /** The curve's name, or its OID where we have no name for it. */
  readonly name: string;
  readonly label: string;
  /** Absent where we don't know the curve. */
  readonly fieldOctets?: number;
}

function readKeyAlgorithm(reader: DerReader, what: string): KeyAlgorithm {
  const { offset } = reader;
  const algorithm = readAlgorithm(reader, what);
  if (algorithm.oid !== KEY_OID.ec) return { algorithm };
  const { parameters } = algorithm;
  if (parameters === undefined || parameters[0] !== TAG.oid)
    throw derError("algorithm", what, offset, "an EC key names its curve by OID (RFC 5480, 2.1.1)");
  const oid = new DerReader(parameters).oid(`${what}: namedCurve`);
  const known = curveByOid(oid);
  const name = known?.name ?? oid;
  const curve = { name, label: `ec:${name}` };
  if (known === undefined) return { algorithm, curve };
  return { algorithm, curve: { ...curve, fieldOctets: (known.bits + 7) >> 3 } };
}

function ecKey(
  der: Uint8Array,
  algorithm: AlgorithmIdentifier,
  curve: NamedCurve,
  bits: Uint8Array,
  what: string,
  offset: number,
): PublicKey {
  const { name, label, fieldOctets } = curve;
  if (fieldOctets !== undefined) {
    const form = bits[0];
    const wanted = form === 4 ? 1 + 2 * fieldOctets : form === 2 || form === 3 ? 1 + fieldOctets : -1;
    if (bits.length !== wanted)
      throw derError("key", what, offset, `${bits.length} octets are not a point of ${name}`);
  }
  return { der, algorithm, bits, kind: "ec", curve: name, label };
}

function rsaKey(
  der: Uint8Array,
  algorithm: AlgorithmIdentifier,
  bits: Uint8Array,
  what: string,
  offset: number,
): PublicKey {
  const parameters = algorithm.parameters;
  if (parameters === undefined || parameters.length !== 2 || parameters[0] !== TAG.null)
    throw derError("algorithm", what, offset, "an RSA key's parameters are NULL (RFC 3279, 2.3.1)");
  const sequence = readSequence(bits, `${what}.RSAPublicKey`);
  const modulus = unsigned(sequence, `${what}.modulus`);
  const exponent = unsigned(sequence, `${what}.publicExponent`);
  sequence.end(`${what}.RSAPublicKey`);
  if (modulus.length === 0) throw derError("key", what, offset, "the RSA modulus is zero");
  const modulusBits = modulus.length * 8 - Math.clz32(modulus[0] as number) + 24;
  return { der, algorithm, bits, kind: "rsa", modulus, modulusBits, exponent, label: `rsa:${modulusBits}` };
}

function unsigned(reader: DerReader, what: string): Uint8Array {
  const offset = reader.offset;
  const octets = reader.integer(what);
  if ((octets[0] as number) >= 0x80) throw derError("key", what, offset, "it is negative");
  return octets[0] === 0 ? octets.subarray(1) : octets;
}
