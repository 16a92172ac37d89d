import { pbkdf2Sync, scryptSync } from "node:crypto";
import { type AlgorithmIdentifier, readAlgorithm } from "../x509/algorithms.ts";
import { DerReader, TAG } from "../x509/der-reader.ts";
import {
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSmallInteger,
} from "../x509/der-writer.ts";
import { encryptionUnsupported, keyMalformed } from "./key-error.ts";

const PBKDF2 = "1.2.840.113549.1.5.12";
const SCRYPT = "1.3.6.1.4.1.11591.4.11";
const HMAC_SHA256 = "1.2.840.113549.2.9";

/** The functions that PBKDF2 is used with (RFC 8018, B.1), by OID: the hash as node:crypto calls it. */
const PRFS: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.2.7", "sha1"],
  ["1.2.840.113549.2.8", "sha224"],
  [HMAC_SHA256, "sha256"],
  ["1.2.840.113549.2.10", "sha384"],
  ["1.2.840.113549.2.11", "sha512"],
]);

/** Rounds of PBKDF2 for what is made here (OWASP, Password Storage Cheat Sheet, 2023). */
export const ITERATIONS = 600_000;
/** The most rounds that are done for what a file asks: a few seconds. */
const MAX_ITERATIONS = 5_000_000;
const SALT_OCTETS = 16;
const MAX_SALT_OCTETS = 1024;
/** The most memory that scrypt may take for what a file asks, in octets. */
const MAX_SCRYPT_MEMORY: number = 256 * 1024 * 1024;
const MAX_SCRYPT_LANES = 64;

/** How a key is derived from a passphrase, as a file says it. */
export interface KeyDerivation {
  /** `PBKDF2-HMAC-SHA256`, or scrypt with its parameters. */
  readonly label: string;
  /** Rounds of PBKDF2; absent for scrypt. */
  readonly iterations?: number;
  /** The length that the file says the key has, in octets. */
  readonly keyOctets?: number;
  /** Gives a key of so many octets; takes as long as the file asks for, whatever the passphrase. */
  derive(passphrase: Uint8Array, octets: number): Buffer;
}

/** Derives a key as this project's own files have it: PBKDF2-HMAC-SHA256 with a new salt; `der` says so to a reader. */
export function newDerivation(salt: (count: number) => Uint8Array): {
  readonly der: Uint8Array;
  derive(passphrase: Uint8Array, octets: number): Buffer;
} {
  const own = salt(SALT_OCTETS);
  const prf = encodeSequence(encodeOid(HMAC_SHA256), encodeNull());
  const parameters = encodeSequence(encodeOctetString(own), encodeSmallInteger(ITERATIONS), prf);
  return {
    der: encodeSequence(encodeOid(PBKDF2), parameters),
    derive: (passphrase, octets) => pbkdf2Sync(passphrase, own, ITERATIONS, octets, "sha256"),
  };
}

/** Reads a key derivation function (RFC 8018, A.2; RFC 7914, 7); throws `der.*`, `key.malformed`, `key.encryption`. */
export function readDerivation(algorithm: AlgorithmIdentifier, file: string): KeyDerivation {
  const what = `${file}: key derivation`;
  if (algorithm.parameters === undefined) throw keyMalformed(`${what} has no parameters`);
  const outer = new DerReader(algorithm.parameters);
  const parameters = outer.sequence(what);
  outer.end(what);
  if (algorithm.oid === PBKDF2) return readPbkdf2(parameters, what, file);
  if (algorithm.oid === SCRYPT) return readScrypt(parameters, what, file);
  throw encryptionUnsupported(
    file,
    `its passphrase is used by ${algorithm.oid}, which is not PBKDF2 or scrypt`,
  );
}

function readPbkdf2(parameters: DerReader, what: string, file: string): KeyDerivation {
  const salt = readSalt(parameters, what);
  const iterations = parameters.smallInteger(`${what}.iterationCount`);
  const keyOctets = parameters.peek() === TAG.integer ? parameters.smallInteger(what) : undefined;
  // HMAC-SHA1 is the default (RFC 8018, A.2).
  const prf = parameters.done ? "sha1" : PRFS.get(readAlgorithm(parameters, `${what}.prf`).oid);
  parameters.end(what);
  if (prf === undefined) throw encryptionUnsupported(file, "its PBKDF2 has a function that is not HMAC-SHA");
  if (iterations < 1 || iterations > MAX_ITERATIONS)
    throw encryptionUnsupported(
      file,
      `its passphrase asks for ${iterations} rounds of PBKDF2, of ${MAX_ITERATIONS} that are done at most`,
    );
  return {
    label: `PBKDF2-HMAC-${prf.toUpperCase()}`,
    iterations,
    ...(keyOctets === undefined ? {} : { keyOctets }),
    derive: (passphrase, octets) => pbkdf2Sync(passphrase, salt, iterations, octets, prf),
  };
}

function readScrypt(parameters: DerReader, what: string, file: string): KeyDerivation {
  const salt = readSalt(parameters, what);
  const cost = parameters.smallInteger(`${what}.costParameter`);
  const blockSize = parameters.smallInteger(`${what}.blockSize`);
  const lanes = parameters.smallInteger(`${what}.parallelizationParameter`);
  const keyOctets = parameters.done ? undefined : parameters.smallInteger(`${what}.keyLength`);
  parameters.end(what);
  const memory = 128 * cost * blockSize;
  if (cost < 2 || (cost & (cost - 1)) !== 0 || blockSize < 1 || lanes < 1)
    throw keyMalformed(`${what}: scrypt's parameters can't be`);
  if (memory > MAX_SCRYPT_MEMORY || lanes > MAX_SCRYPT_LANES || memory * lanes > 16 * MAX_SCRYPT_MEMORY)
    throw encryptionUnsupported(file, "its passphrase asks for more memory or time of scrypt than is given");
  return {
    label: `scrypt, N ${cost}, r ${blockSize}, p ${lanes}`,
    ...(keyOctets === undefined ? {} : { keyOctets }),
    derive: (passphrase, octets) =>
      scryptSync(passphrase, salt, octets, {
        N: cost,
        r: blockSize,
        p: lanes,
        maxmem: 2 * MAX_SCRYPT_MEMORY,
      }),
  };
}

function readSalt(parameters: DerReader, what: string): Uint8Array {
  const salt = parameters.octetString(`${what}.salt`);
  if (salt.length > MAX_SALT_OCTETS) throw keyMalformed(`${what}: a salt of ${salt.length} octets`);
  return salt;
}
