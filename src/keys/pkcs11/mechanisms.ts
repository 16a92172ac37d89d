import { hash as digestOf } from "node:crypto";
import {
  algorithmIdentifier,
  curveByName,
  type HashName,
  KEY_OID,
  type KeySpec,
  type SignatureAlgorithm,
} from "../../x509/algorithms.ts";
import {
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from "../../x509/der-writer.ts";
import type { PublicKey } from "../../x509/public-key.ts";

/** How one signature algorithm is asked of a token. */
export interface SignMechanism {
  /** CKM_... */
  readonly mechanism: number;
  /** What the token is given of the bytes to be signed. */
  input(tbs: Uint8Array): Buffer;
  /** The signature as certificates have it, of what the token gives. */
  output(signature: Uint8Array): Uint8Array;
}

/** Mechanisms' numbers (PKCS#11 v2.40, and v3.0 for Edwards curves). */
const CKM = {
  rsaKeyPair: 0x0,
  rsaPkcs: 0x1,
  ecKeyPair: 0x1040,
  ecdsa: 0x1041,
  edwardsKeyPair: 0x1055,
  eddsa: 0x1057,
} as const;

const HASHED: ReadonlyMap<string, number> = new Map([
  ["rsa-sha256", 0x40],
  ["rsa-sha384", 0x41],
  ["rsa-sha512", 0x42],
  ["ecdsa-sha256", 0x1044],
  ["ecdsa-sha384", 0x1045],
  ["ecdsa-sha512", 0x1046],
]);

const HASH_OIDS: ReadonlyMap<HashName, string> = new Map([
  ["sha256", "2.16.840.1.101.3.4.2.1"],
  ["sha384", "2.16.840.1.101.3.4.2.2"],
  ["sha512", "2.16.840.1.101.3.4.2.3"],
]);

/**
 * How a key in a token makes signatures of an algorithm that suits it, with what the token offers: the hash is made
 * here where the token takes one, which spares it the bytes. Undefined where the token offers no way.
 */
export function signMechanism(
  algorithm: SignatureAlgorithm,
  key: PublicKey,
  offered: ReadonlySet<number>,
): SignMechanism | undefined {
  const { family, hash } = algorithm;
  if (family === "ed25519")
    return offered.has(CKM.eddsa) ? { mechanism: CKM.eddsa, input: whole, output: same } : undefined;
  if (hash === undefined) return undefined;
  const hashed = HASHED.get(`${family}-${hash}`);
  const output = family === "ecdsa" ? ecdsaValue : same;
  const bare = family === "ecdsa" ? CKM.ecdsa : CKM.rsaPkcs;
  if (offered.has(bare))
    return { mechanism: bare, input: family === "ecdsa" ? truncated(hash, key) : digestInfo(hash), output };
  return hashed !== undefined && offered.has(hashed)
    ? { mechanism: hashed, input: whole, output }
    : undefined;
}

/** What a new key pair is asked for with. */
export interface KeyPairMechanism {
  readonly mechanism: number;
  /** Attributes of the public key's template, by graphene's names. */
  readonly parameters: { paramsEC: Buffer } | { modulusBits: number; publicExponent: Buffer };
}

/** What a token offers to make keys with. */
export interface KeyPairOffer {
  readonly mechanisms: ReadonlySet<number>;
  /** The longest RSA key, in bits, and the shortest. */
  rsaBits(): { readonly least: number; readonly most: number };
}

/** How a token is asked for a key pair; undefined where it does not offer to make such. */
export function keyPairMechanism(spec: KeySpec, offer: KeyPairOffer): KeyPairMechanism | undefined {
  const found = describeKeyPair(spec);
  if (!offer.mechanisms.has(found.mechanism)) return undefined;
  if (spec.kind !== "rsa") return found;
  const { least, most } = offer.rsaBits();
  return spec.bits >= least && spec.bits <= most ? found : undefined;
}

function describeKeyPair(spec: KeySpec): KeyPairMechanism {
  if (spec.kind === "rsa")
    return {
      mechanism: CKM.rsaKeyPair,
      parameters: { modulusBits: spec.bits, publicExponent: Buffer.from([1, 0, 1]) },
    };
  if (spec.kind === "ed25519")
    // A PrintableString, as PKCS#11 v3.0, 2.3.10 has it; the OID of RFC 8410 is not known everywhere.
    return { mechanism: CKM.edwardsKeyPair, parameters: { paramsEC: EDWARDS25519 } };
  const oid = curveByName(spec.curve)?.oid ?? "";
  return { mechanism: CKM.ecKeyPair, parameters: { paramsEC: Buffer.from(encodeOid(oid)) } };
}

/** `edwards25519` as a PrintableString. */
export const EDWARDS25519: Buffer = Buffer.concat([Buffer.from([0x13, 12]), Buffer.from("edwards25519")]);

function whole(tbs: Uint8Array): Buffer {
  return Buffer.from(tbs.buffer, tbs.byteOffset, tbs.length);
}

/** A hash longer than the curve's order is cut off on the right (FIPS 186-5, 6.4.1); all our curves' are whole octets but P-521's, which no hash reaches. */
function truncated(hash: HashName, key: PublicKey): SignMechanism["input"] {
  const octets = ((curveByName(key.curve ?? "")?.bits ?? 0) + 7) >> 3;
  return (tbs) => digestOf(hash, tbs, "buffer").subarray(0, octets);
}

/** DigestInfo (RFC 8017, 9.2, note 1). */
function digestInfo(hash: HashName): SignMechanism["input"] {
  const algorithm = algorithmIdentifier(HASH_OIDS.get(hash) ?? KEY_OID.rsa, encodeNull()).der;
  return (tbs) => Buffer.from(encodeSequence(algorithm, encodeOctetString(digestOf(hash, tbs, "buffer"))));
}

/** Of r and s beside each other, of equal length, makes an ECDSA-Sig-Value (RFC 3279, 2.2.3). */
function ecdsaValue(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  return encodeSequence(
    encodeUnsigned(signature.subarray(0, half)),
    encodeUnsigned(signature.subarray(half)),
  );
}

function same(signature: Uint8Array): Uint8Array {
  return new Uint8Array(signature);
}
