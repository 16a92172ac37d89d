import { constants, createHash, type KeyObject, publicDecrypt } from "node:crypto";
import type { HashName } from "./algorithms.ts";
import { compareBytes } from "./der-reader.ts";
import { encodeNull, encodeOctetString, encodeOid, encodeSequence } from "./der-writer.ts";
import type { PublicKey } from "./public-key.ts";

/** Hash algorithms' OIDs (RFC 8017, appendix B.1). */
export const HASH_OIDS: ReadonlyMap<HashName, string> = new Map([
  ["sha1", "1.3.14.3.2.26"],
  ["sha224", "2.16.840.1.101.3.4.2.4"],
  ["sha256", "2.16.840.1.101.3.4.2.1"],
  ["sha384", "2.16.840.1.101.3.4.2.2"],
  ["sha512", "2.16.840.1.101.3.4.2.3"],
]);

/**
 * Says what is wrong with an RSA public key's numbers (RFC 8017, 3.1): an odd modulus, an odd exponent from 3
 * to the modulus less 1. An exponent of 1 would make every encoded message its own signature.
 */
export function rsaKeyProblem(key: PublicKey): string | undefined {
  const { modulus, exponent } = key;
  if (modulus === undefined || exponent === undefined) return "it is not an RSA key";
  const last = exponent[exponent.length - 1];
  if (last === undefined || (last & 1) === 0) return "the RSA exponent is even";
  if (exponent.length === 1 && last === 1) return "the RSA exponent is 1";
  if (((modulus[modulus.length - 1] as number) & 1) === 0) return "the RSA modulus is even";
  if (compareUnsigned(exponent, modulus) >= 0) return "the RSA exponent is not below the modulus";
  return undefined;
}

/** Says what is wrong with an RSA signature before any arithmetic: as long as the modulus, and below it (RFC 8017, 5.2.2). */
export function rsaSignatureProblem(key: PublicKey, signature: Uint8Array): string | undefined {
  const modulus = key.modulus as Uint8Array;
  if (signature.length !== modulus.length)
    return `an RSA signature under this key has ${modulus.length} octets, this has ${signature.length}`;
  return compareBytes(signature, modulus) >= 0 ? "the RSA signature is not below the modulus" : undefined;
}

/**
 * Checks an RSASSA-PKCS1-v1_5 signature as RFC 8017 (8.2.2) has it: the encoded message is made anew and compared whole,
 * so that no padding, DigestInfo or trailing octet is ever parsed. Gives whether it fits.
 */
export function verifyPkcs1(
  key: KeyObject,
  octets: number,
  hash: HashName,
  tbs: Uint8Array | Iterable<Uint8Array>,
  signature: Uint8Array,
): boolean {
  const digest = createHash(hash);
  for (const piece of tbs instanceof Uint8Array ? [tbs] : tbs) digest.update(piece);
  const digestInfo = encodeSequence(
    encodeSequence(encodeOid(HASH_OIDS.get(hash) as string), encodeNull()),
    encodeOctetString(digest.digest()),
  );
  if (octets < digestInfo.length + 11) return false;
  const expected = Buffer.alloc(octets, 0xff);
  expected[0] = 0;
  expected[1] = 1;
  expected[octets - digestInfo.length - 1] = 0;
  expected.set(digestInfo, octets - digestInfo.length);
  const recovered = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  return expected.equals(recovered);
}

function compareUnsigned(a: Uint8Array, b: Uint8Array): number {
  return a.length === b.length ? compareBytes(a, b) : a.length - b.length;
}
