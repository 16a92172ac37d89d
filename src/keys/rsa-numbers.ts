import { algorithmIdentifier, KEY_OID } from "../x509/algorithms.ts";
import { readSequence } from "../x509/der-reader.ts";
import { encodeNull, encodeOctetsInBits, encodeSequence, encodeUnsigned } from "../x509/der-writer.ts";
import { decodePublicKey, type PublicKey } from "../x509/public-key.ts";
import { keyMalformed, keyMismatched, keyUnsupported } from "./key-error.ts";

/** The longest modulus that is read: OpenSSL's own bound. */
const MAX_MODULUS_BITS = 16_384;

/**
 * Reads an RSAPrivateKey of two primes (RFC 8017, A.1.2) and gives its public key, after checking that its eight
 * numbers belong together: a key whose CRT part is wrong signs wrongly, and gives its primes away by doing so.
 * Throws `der.*`, `key.malformed`, `key.mismatched`, `key.unsupported`.
 */
export function readRsaNumbers(der: Uint8Array, file: string): PublicKey {
  const sequence = readSequence(der, `${file}: RSAPrivateKey`);
  if (sequence.smallInteger(`${file}: version`) !== 0)
    throw keyUnsupported(file, "an RSA key of more than two primes is not used here");
  const numbers = [
    "modulus",
    "publicExponent",
    "privateExponent",
    "prime1",
    "prime2",
    "exponent1",
    "exponent2",
  ];
  const [n, e, d, p, q, dp, dq, qInverse] = [...numbers, "coefficient"].map((name) => {
    const octets = sequence.integer(`${file}: ${name}`);
    if ((octets[0] as number) >= 0x80) throw keyMalformed(`${file}: the RSA key's ${name} is negative`);
    return BigInt(`0x${Buffer.from(octets).toString("hex")}`);
  }) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  sequence.end(`${file}: RSAPrivateKey`);
  if (n >> BigInt(MAX_MODULUS_BITS) !== 0n)
    throw keyUnsupported(file, `an RSA key of more than ${MAX_MODULUS_BITS} bits is not used here`);
  const agree =
    p > 2n &&
    q > 2n &&
    e > 2n &&
    p * q === n &&
    (d * e) % (p - 1n) === 1n &&
    (d * e) % (q - 1n) === 1n &&
    d % (p - 1n) === dp &&
    d % (q - 1n) === dq &&
    qInverse < p &&
    (qInverse * q) % p === 1n;
  if (!agree) throw keyMismatched(file, "the numbers of this RSA key do not belong together");
  return decodePublicKey(
    encodeSequence(
      algorithmIdentifier(KEY_OID.rsa, encodeNull()).der,
      encodeOctetsInBits(encodeSequence(unsigned(n), unsigned(e))),
    ),
    `${file}: public key`,
  );
}

function unsigned(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return encodeUnsigned(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex"));
}
