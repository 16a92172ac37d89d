import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import { KEY_OID, readAlgorithm } from "../x509/algorithms.ts";
import { DerReader, readSequence, sameBytes } from "../x509/der-reader.ts";
import { encodeNull, encodeOctetString, encodeSequence, encodeSmallInteger } from "../x509/der-writer.ts";
import { decodePublicKey } from "../x509/public-key.ts";
import type { Signer } from "../x509/signer.ts";
import { readEcNumbers } from "./ec-numbers.ts";
import { type PassphraseSource, readSealedKey } from "./encrypted-key.ts";
import { findKey, type KeyForm } from "./key-content.ts";
import { keyEncrypted, keyMalformed, keyMismatched, keyUnsupported } from "./key-error.ts";
import type { Pbes2 } from "./pbes2.ts";
import { readRsaNumbers } from "./rsa-numbers.ts";
import { softwareSigner } from "./software-signer.ts";

/**
 * Reads a file with exactly one private key: PKCS#8 (RFC 5958), SEC1 (RFC 5915) or PKCS#1 (RFC 8017), PEM or DER;
 * certificates and EC parameters beside it are passed over. `file` names it in errors, which never show its content.
 * The public key is derived from the private one, and a key that contradicts itself is refused.
 * An encrypted one (PBES2) is opened with what `passphrase` gives, which is asked only then.
 * Throws `key.malformed`, `key.mismatched`, `key.encrypted`, `key.passphrase`, `key.unsupported` (all kind `key`).
 */
export function readPrivateKey(
  bytes: Uint8Array,
  file: string,
  passphrase: PassphraseSource = noPassphrase,
): Signer {
  const { form, der, sealed } = openKey(bytes, file, passphrase);
  const signer = withinKey(() => READERS[form](der, file));
  return sealed ? signer : Object.assign(signer, { plainFile: true as const });
}

/** As `readPrivateKey`, and gives the key's PKCS#8 DER instead, for whoever writes it elsewhere; it is secret. */
export function readPkcs8Der(
  bytes: Uint8Array,
  file: string,
  passphrase: PassphraseSource = noPassphrase,
): Uint8Array {
  const { form, der } = openKey(bytes, file, passphrase);
  return withinKey(() => {
    READERS[form](der, file);
    return open(der, form, file).export({ type: "pkcs8", format: "der" });
  });
}

/** How a file's private key is written, and encrypted where it is; throws `key.malformed`, `key.unsupported`. */
export function readKeyFacts(bytes: Uint8Array, file: string): KeyFacts {
  return withinKey(() => {
    const { form, der } = findKey(bytes, file);
    return form === "encrypted" ? { form, scheme: readSealedKey(der, file).scheme } : { form };
  });
}

/** What can be told of a private key's file without opening it. */
export interface KeyFacts {
  readonly form: KeyForm;
  /** Present where it is encrypted. */
  readonly scheme?: Pbes2;
}

/** A private key that is not encrypted, or not any more. */
interface OpenedKey {
  readonly form: Exclude<KeyForm, "encrypted">;
  readonly der: Uint8Array;
  readonly sealed: boolean;
}

const READERS: Readonly<Record<Exclude<KeyForm, "encrypted">, (der: Uint8Array, file: string) => Signer>> = {
  pkcs8: readPkcs8,
  sec1: readSec1,
  pkcs1: readPkcs1,
};

function openKey(bytes: Uint8Array, file: string, passphrase: PassphraseSource): OpenedKey {
  const { form, der } = withinKey(() => findKey(bytes, file));
  if (form !== "encrypted") return { form, der, sealed: false };
  const sealed = withinKey(() => readSealedKey(der, file));
  // What is wrong with where the passphrase comes from is said as it is.
  return { form: "pkcs8", der: sealed.open(passphrase(file)), sealed: true };
}

function noPassphrase(file: string): never {
  throw keyEncrypted(file);
}

/** What is wrong with a key's file is wrong with the key. */
function withinKey<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SamicertsError && error.kind === "input")
      throw keyMalformed(error.message, undefined, error);
    throw error;
  }
}

function readPkcs8(der: Uint8Array, file: string): Signer {
  const sequence = readSequence(der, `${file}: PrivateKeyInfo`);
  const version = sequence.smallInteger(`${file}: version`);
  if (version === 3) throw keyUnsupported(file, "a PKCS#12 file is not read here", pkcs12Hint(file));
  if (version > 1) throw keyMalformed(`${file}: a PrivateKeyInfo of version ${version} does not exist`);
  const algorithm = readAlgorithm(sequence, `${file}: privateKeyAlgorithm`);
  const key = sequence.octetString(`${file}: privateKey`);
  if (sequence.peek() === 0xa0) sequence.element(`${file}: attributes`);
  const publicBits =
    sequence.peek() === 0x81 ? sequence.bitString(`${file}: publicKey`, 0x81).bytes : undefined;
  sequence.end(`${file}: PrivateKeyInfo`);
  if (algorithm.oid === KEY_OID.ec) return ecSigner(key, file, algorithm.parameters, publicBits);
  const { parameters } = algorithm;
  if (algorithm.oid === KEY_OID.rsa) {
    // RFC 3279, 2.3.1 wants NULL; writers that leave it out mean the same.
    if (parameters !== undefined && !sameBytes(parameters, encodeNull()))
      throw keyMalformed(`${file}: an RSA key's parameters are NULL`);
    return readPkcs1(key, file);
  }
  if (algorithm.oid === KEY_OID.ed25519) {
    if (parameters !== undefined) throw keyMalformed(`${file}: an Ed25519 key has no parameters`);
    return ed25519Signer(key, algorithm.der, publicBits, file);
  }
  throw keyUnsupported(file, `keys of the algorithm ${algorithm.oid} are not used here`);
}

function readSec1(der: Uint8Array, file: string): Signer {
  return ecSigner(der, file);
}

function ecSigner(der: Uint8Array, file: string, parameters?: Uint8Array, publicBits?: Uint8Array): Signer {
  const { pkcs8, publicKey } = readEcNumbers(der, file, parameters, publicBits);
  return softwareSigner(publicKey, () => open(pkcs8, "pkcs8", file));
}

function readPkcs1(der: Uint8Array, file: string): Signer {
  const publicKey = readRsaNumbers(der, file);
  return softwareSigner(publicKey, () => open(der, "pkcs1", file));
}

/** Made anew as version 1, for not every version of OpenSSL reads the other (RFC 8410, 7). */
function ed25519Signer(
  key: Uint8Array,
  algorithm: Uint8Array,
  publicBits: Uint8Array | undefined,
  file: string,
): Signer {
  const reader = new DerReader(key);
  const seed = reader.octetString(`${file}: CurvePrivateKey`);
  reader.end(`${file}: CurvePrivateKey`);
  if (seed.length !== 32) throw keyMalformed(`${file}: an Ed25519 private key has 32 octets`);
  const pkcs8 = encodeSequence(encodeSmallInteger(0), algorithm, encodeOctetString(encodeOctetString(seed)));
  const opened = open(pkcs8, "pkcs8", file);
  const publicKey = decodePublicKey(createPublicKey(opened).export({ type: "spki", format: "der" }));
  if (publicBits !== undefined && !sameBytes(publicBits, publicKey.bits))
    throw keyMismatched(file, "the public key in it is not the one of its private key");
  return softwareSigner(publicKey, () => opened);
}

function open(der: Uint8Array, type: "pkcs8" | "pkcs1" | "sec1", file: string): KeyObject {
  try {
    return createPrivateKey({
      key: Buffer.from(der.buffer, der.byteOffset, der.length),
      format: "der",
      type,
    });
  } catch (error) {
    throw keyMalformed(`${file} is not accepted as a private key by OpenSSL`, undefined, error);
  }
}

/** Into a new file of the same name: never root.key, which may be there. */
function pkcs12Hint(file: string): string {
  const key = `${file.replace(/\.(?:p12|pfx)$/i, "")}.key`;
  return `take the key out of it first: openssl pkcs12 -in ${shellQuoted(file)} -nocerts -noenc -out ${shellQuoted(key)}`;
}
