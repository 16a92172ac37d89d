import { createDecipheriv } from "node:crypto";
import type { AlgorithmIdentifier } from "../x509/algorithms.ts";
import { DerReader } from "../x509/der-reader.ts";
import { keyMalformed } from "./key-error.ts";
import type { Pbes2 } from "./pbes2.ts";
import { derivePkcs12, PURPOSE } from "./pkcs12-kdf.ts";
import { decryptRc2 } from "./rc2.ts";

const IV_OCTETS = 8;

interface Scheme {
  readonly cipher: string;
  readonly keyOctets: number;
  decrypt(encrypted: Uint8Array, key: Uint8Array, iv: Uint8Array): Buffer | undefined;
}

/** The encryptions that PKCS#12 began with and Windows and others still write, by OID (RFC 7292, C). */
const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ["1.2.840.113549.1.12.1.3", { cipher: "des-ede3-cbc", keyOctets: 24, decrypt: decryptTripleDes }],
  ["1.2.840.113549.1.12.1.4", { cipher: "des-ede-cbc", keyOctets: 16, decrypt: decryptTripleDes }],
  ["1.2.840.113549.1.12.1.5", { cipher: "rc2-cbc", keyOctets: 16, decrypt: decryptRc2 }],
  ["1.2.840.113549.1.12.1.6", { cipher: "rc2-40-cbc", keyOctets: 5, decrypt: decryptRc2 }],
]);

/**
 * Reads how something in a PKCS#12 file is encrypted where it is one of the old ways, with SHA-1 and triple DES or RC2;
 * undefined where it is not. Nothing is written so. How many rounds are too many is the caller's to say.
 * Throws `der.*`, `key.malformed`.
 */
export function readPkcs12Pbe(algorithm: AlgorithmIdentifier, file: string): Pbes2 | undefined {
  const scheme = SCHEMES.get(algorithm.oid);
  if (scheme === undefined) return undefined;
  const what = `${file}: pkcs-12PbeParams`;
  if (algorithm.parameters === undefined) throw keyMalformed(`${what} are missing`);
  const outer = new DerReader(algorithm.parameters);
  const parameters = outer.sequence(what);
  outer.end(what);
  const salt = parameters.octetString(`${what}.salt`);
  const iterations = parameters.smallInteger(`${what}.iterations`);
  parameters.end(what);
  if (iterations < 1) throw keyMalformed(`${what}: ${iterations} rounds`);
  const derivation = { salt, iterations, hash: "sha1" };
  return {
    cipher: scheme.cipher,
    derivation: "PKCS#12 with SHA-1",
    iterations,
    decrypt(encrypted, passphrase) {
      const key = derivePkcs12(passphrase, derivation, PURPOSE.key, scheme.keyOctets);
      const iv = derivePkcs12(passphrase, derivation, PURPOSE.iv, IV_OCTETS);
      try {
        return scheme.decrypt(encrypted, key, iv);
      } finally {
        key.fill(0);
      }
    },
  };
}

function decryptTripleDes(encrypted: Uint8Array, key: Uint8Array, iv: Uint8Array): Buffer | undefined {
  // With two keys the first is used again as the third.
  const whole = key.length === 24 ? key : Buffer.concat([key, key.subarray(0, 8)]);
  try {
    const decipher = createDecipheriv("des-ede3-cbc", whole, iv);
    return Buffer.concat([decipher.update(encrypted), decipher.final()]);
  } catch {
    return undefined;
  }
}
