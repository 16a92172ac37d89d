import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "../base/effects.ts";
import { type AlgorithmIdentifier, readAlgorithm } from "../x509/algorithms.ts";
import { DerReader } from "../x509/der-reader.ts";
import { encodeOctetString, encodeOid, encodeSequence } from "../x509/der-writer.ts";
import { encryptionUnsupported, keyMalformed } from "./key-error.ts";
import { newDerivation, readDerivation } from "./pbes2-kdf.ts";

const PBES2 = "1.2.840.113549.1.5.13";
const AES_256_CBC = "2.16.840.1.101.3.4.1.42";
const IV_OCTETS = 16;

interface Cipher {
  /** As OpenSSL calls it. */
  readonly name: string;
  readonly keyOctets: number;
  readonly ivOctets: number;
}

/** The ciphers that are read, by OID (RFC 8018, B.2; NIST's CSOR). */
const CIPHERS: ReadonlyMap<string, Cipher> = new Map([
  ["2.16.840.1.101.3.4.1.2", { name: "aes-128-cbc", keyOctets: 16, ivOctets: 16 }],
  ["2.16.840.1.101.3.4.1.22", { name: "aes-192-cbc", keyOctets: 24, ivOctets: 16 }],
  [AES_256_CBC, { name: "aes-256-cbc", keyOctets: 32, ivOctets: 16 }],
  ["1.2.840.113549.3.7", { name: "des-ede3-cbc", keyOctets: 24, ivOctets: 8 }],
]);

/** Encryptions of old, by OID (RFC 7292, C; RFC 8018, A.3): told by name where they are refused, as for key files. */
const OLD: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.5.3", "DES with MD5"],
  ["1.2.840.113549.1.5.10", "DES with SHA-1"],
  ["1.2.840.113549.1.12.1.1", "128-bit RC4"],
  ["1.2.840.113549.1.12.1.2", "40-bit RC4"],
  ["1.2.840.113549.1.12.1.3", "three-key triple DES as PKCS#12 had it"],
  ["1.2.840.113549.1.12.1.4", "two-key triple DES"],
  ["1.2.840.113549.1.12.1.5", "128-bit RC2"],
  ["1.2.840.113549.1.12.1.6", "40-bit RC2"],
]);

/** Something encrypted under a passphrase, by PBES2 (RFC 8018, 6.2) or another scheme. */
export interface Pbes2 {
  /** The cipher as OpenSSL calls it: `aes-256-cbc`. */
  readonly cipher: string;
  /** `PBKDF2-HMAC-SHA256`, or scrypt with its parameters. */
  readonly derivation: string;
  /** Rounds of PBKDF2; absent for scrypt. */
  readonly iterations?: number;
  /** Decrypts; undefined where the passphrase is wrong or the octets are damaged, which can't be told apart. */
  decrypt(encrypted: Uint8Array, passphrase: Uint8Array): Uint8Array | undefined;
}

/** Encrypts under a passphrase with AES-256-CBC and PBKDF2-HMAC-SHA256; `algorithm` is a whole AlgorithmIdentifier. */
export function encryptPbes2(
  plain: Uint8Array,
  passphrase: Uint8Array,
  random: Random,
): { readonly algorithm: Uint8Array; readonly encrypted: Uint8Array } {
  const derivation = newDerivation((count) => random.bytes(count));
  const iv = random.bytes(IV_OCTETS);
  const key = derivation.derive(passphrase, 32);
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  key.fill(0);
  const scheme = encodeSequence(encodeOid(AES_256_CBC), encodeOctetString(iv));
  return {
    algorithm: encodeSequence(encodeOid(PBES2), encodeSequence(derivation.der, scheme)),
    encrypted,
  };
}

/** Reads how something is encrypted; `file` names it in errors. Throws `der.*`, `key.malformed`, `key.encryption`. */
export function readPbes2(algorithm: AlgorithmIdentifier, file: string): Pbes2 {
  if (algorithm.oid !== PBES2)
    throw encryptionUnsupported(
      file,
      `it is encrypted with ${OLD.get(algorithm.oid) ?? algorithm.oid}, which is not read here`,
    );
  const what = `${file}: PBES2`;
  if (algorithm.parameters === undefined) throw keyMalformed(`${what} has no parameters`);
  const outer = new DerReader(algorithm.parameters);
  const parameters = outer.sequence(what);
  outer.end(what);
  const derivation = readDerivation(readAlgorithm(parameters, what), file);
  const scheme = readAlgorithm(parameters, what);
  parameters.end(what);
  const cipher = CIPHERS.get(scheme.oid);
  if (cipher === undefined)
    throw encryptionUnsupported(
      file,
      `it is encrypted with the cipher ${scheme.oid}, which is not read here`,
    );
  const iv = new DerReader(scheme.parameters ?? new Uint8Array(0)).octetString(`${what}: IV`);
  const { keyOctets = cipher.keyOctets, iterations, label } = derivation;
  if (iv.length !== cipher.ivOctets || keyOctets !== cipher.keyOctets)
    throw keyMalformed(`${what}: the key or the IV has not the cipher's length`);
  return {
    cipher: cipher.name,
    derivation: label,
    ...(iterations === undefined ? {} : { iterations }),
    decrypt(encrypted, passphrase) {
      const key = derivation.derive(passphrase, cipher.keyOctets);
      try {
        const decipher = createDecipheriv(cipher.name, key, iv);
        return Buffer.concat([decipher.update(encrypted), decipher.final()]);
      } catch {
        return undefined;
      } finally {
        key.fill(0);
      }
    },
  };
}
