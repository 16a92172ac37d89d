import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { SamicertsError } from "../base/errors.ts";
import { KEY_OID, readAlgorithm } from "../x509/algorithms.ts";
import { DerReader, readSequence, sameBytes, TAG } from "../x509/der-reader.ts";
import { encodeNull, encodeOctetString, encodeSequence, encodeSmallInteger } from "../x509/der-writer.ts";
import { looksLikePem, readPem } from "../x509/pem.ts";
import { decodePublicKey } from "../x509/public-key.ts";
import type { Signer } from "../x509/signer.ts";
import { readEcNumbers } from "./ec-numbers.ts";
import { keyEncrypted, keyMalformed, keyMismatched, keyUnsupported } from "./key-error.ts";
import { readRsaNumbers } from "./rsa-numbers.ts";
import { softwareSigner } from "./software-signer.ts";

/**
 * Reads a file with exactly one private key: PKCS#8 (RFC 5958), SEC1 (RFC 5915) or PKCS#1 (RFC 8017), PEM or DER;
 * certificates and EC parameters beside it are passed over. `file` names it in errors, which never show its content.
 * The public key is derived from the private one, and a key that contradicts itself is refused.
 * Throws `key.malformed`, `key.mismatched`, `key.encrypted`, `key.unsupported` (all kind `key`).
 */
export function readPrivateKey(bytes: Uint8Array, file: string): Signer {
  try {
    return looksLikePem(bytes) ? fromPem(bytes, file) : fromDer(bytes, file);
  } catch (error) {
    if (error instanceof SamicertsError && error.kind === "input")
      throw keyMalformed(error.message, undefined, error);
    throw error;
  }
}

const READERS: ReadonlyMap<string, (der: Uint8Array, file: string) => Signer> = new Map([
  ["PRIVATE KEY", readPkcs8],
  ["EC PRIVATE KEY", readSec1],
  ["RSA PRIVATE KEY", readPkcs1],
]);

function fromPem(bytes: Uint8Array, file: string): Signer {
  const blocks = readPem(bytes, file);
  const keys = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY"));
  const [key] = keys;
  if (key === undefined) {
    const others = [...new Set(blocks.map(({ label }) => label))].join(", ");
    throw keyMalformed(`${file} holds no private key${others === "" ? "" : `, only ${others}`}`);
  }
  if (keys.length > 1) throw keyMalformed(`${file} holds ${keys.length} private keys, not one`);
  if (key.label === "ENCRYPTED PRIVATE KEY" || key.headers?.some(tellsEncryption)) throw keyEncrypted(file);
  const read = READERS.get(key.label);
  if (read !== undefined) return read(key.der, file);
  const hint =
    key.label === "OPENSSH PRIVATE KEY"
      ? `rewrite a copy of it: ssh-keygen -p -m PKCS8 -f ${file}`
      : undefined;
  throw keyUnsupported(file, `an "${key.label}" is not read here`, hint);
}

/** OpenSSL's old encryption is told by a header within the block (RFC 1421, 4.6.1.1). */
function tellsEncryption(header: string): boolean {
  return /^Proc-Type: *4, *ENCRYPTED/.test(header);
}

/** Tells the structures apart by their first two elements. */
function fromDer(bytes: Uint8Array, file: string): Signer {
  if (bytes[0] !== TAG.sequence) throw keyMalformed(`${file} is no private key: neither PEM nor DER`);
  const sequence = readSequence(bytes, `${file}: private key`);
  const first = sequence.peek();
  sequence.element(`${file}: private key`);
  const second = sequence.peek();
  if (first === TAG.integer && second === TAG.sequence) return readPkcs8(bytes, file);
  if (first === TAG.integer && second === TAG.octetString) return readSec1(bytes, file);
  if (first === TAG.integer && second === TAG.integer) return readPkcs1(bytes, file);
  if (first === TAG.sequence && second === TAG.octetString) throw keyEncrypted(file);
  throw keyMalformed(`${file} is DER, but no private key`);
}

function readPkcs8(der: Uint8Array, file: string): Signer {
  const sequence = readSequence(der, `${file}: PrivateKeyInfo`);
  const version = sequence.smallInteger(`${file}: version`);
  if (version === 3) throw keyUnsupported(file, "a PKCS#12 file is not read here", PKCS12_HINT);
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

function open(der: Uint8Array, type: "pkcs8" | "pkcs1", file: string): KeyObject {
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

const PKCS12_HINT = "take the key out of it first: openssl pkcs12 -in FILE -nocerts -noenc -out root.key";
