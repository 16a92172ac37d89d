import { createHash, createHmac } from "node:crypto";
import type { Random } from "../base/effects.ts";
import { algorithmIdentifier } from "../x509/algorithms.ts";
import {
  encode,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeSmallInteger,
} from "../x509/der-writer.ts";
import { HASH_OIDS } from "../x509/rsa-signature.ts";
import { encryptPbes2 } from "./pbes2.ts";
import { ITERATIONS } from "./pbes2-kdf.ts";
import { bmpText, derivePkcs12, PURPOSE } from "./pkcs12-kdf.ts";
import { PKCS12_OID } from "./pkcs12-oids.ts";

const SALT_OCTETS = 16;
const CONTEXT_0 = 0xa0;
const BMP_STRING = 0x1e;
const CONTEXT_0_PRIMITIVE = 0x80;

/** What goes into a PKCS#12 file. */
export interface Pkcs12Content {
  /** The private key, PKCS#8 DER; it is secret. */
  readonly pkcs8: Uint8Array;
  /** The key's certificate, and those above it, DER. */
  readonly certificates: readonly Uint8Array[];
  /** What programs show it as. */
  readonly friendlyName: string;
}

/**
 * Writes a PKCS#12 file (RFC 7292): key and certificates each encrypted by PBES2 with AES-256, the whole under an
 * HMAC-SHA256. Both are derived with as many rounds, for whoever guesses takes the cheaper way. `passphrase` is UTF-8.
 */
export function encodePkcs12(content: Pkcs12Content, passphrase: Uint8Array, random: Random): Uint8Array {
  const [own, ...above] = content.certificates;
  const keyId = createHash("sha1")
    .update(own as Uint8Array)
    .digest();
  const attributes = encodeSetOf([
    attribute(PKCS12_OID.friendlyName, encode(BMP_STRING, bmpText(content.friendlyName))),
    attribute(PKCS12_OID.localKeyId, encodeOctetString(keyId)),
  ]);
  const certificates = encodeSequence(
    certBag(own as Uint8Array, attributes),
    ...above.map((certificate) => certBag(certificate)),
  );
  const key = encryptPbes2(content.pkcs8, passphrase, random);
  const shrouded = encodeSequence(key.algorithm, encodeOctetString(key.encrypted));
  const keys = encodeSequence(bag(PKCS12_OID.shroudedKeyBag, shrouded, attributes));
  const authSafe = encodeSequence(encryptedData(certificates, passphrase, random), data(keys));
  return encodeSequence(encodeSmallInteger(3), data(authSafe), macData(authSafe, passphrase, random));
}

function certBag(certificate: Uint8Array, attributes?: Uint8Array): Uint8Array {
  const value = encodeSequence(
    encodeOid(PKCS12_OID.x509Certificate),
    encode(CONTEXT_0, encodeOctetString(certificate)),
  );
  return bag(PKCS12_OID.certBag, value, attributes);
}

function bag(oid: string, value: Uint8Array, attributes?: Uint8Array): Uint8Array {
  const parts = attributes === undefined ? [] : [attributes];
  return encodeSequence(encodeOid(oid), encode(CONTEXT_0, value), ...parts);
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeSetOf([value]));
}

function data(content: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(PKCS12_OID.data), encode(CONTEXT_0, encodeOctetString(content)));
}

function encryptedData(content: Uint8Array, passphrase: Uint8Array, random: Random): Uint8Array {
  const { algorithm, encrypted } = encryptPbes2(content, passphrase, random);
  const info = encodeSequence(encodeOid(PKCS12_OID.data), algorithm, encode(CONTEXT_0_PRIMITIVE, encrypted));
  const value = encodeSequence(encodeSmallInteger(0), info);
  return encodeSequence(encodeOid(PKCS12_OID.encryptedData), encode(CONTEXT_0, value));
}

function macData(authSafe: Uint8Array, passphrase: Uint8Array, random: Random): Uint8Array {
  const salt = random.bytes(SALT_OCTETS);
  const key = derivePkcs12(passphrase, { salt, iterations: ITERATIONS, hash: "sha256" }, PURPOSE.mac);
  const mac = createHmac("sha256", key).update(authSafe).digest();
  key.fill(0);
  const algorithm = algorithmIdentifier(HASH_OIDS.get("sha256") as string, encodeNull()).der;
  return encodeSequence(
    encodeSequence(algorithm, encodeOctetString(mac)),
    encodeOctetString(salt),
    encodeSmallInteger(ITERATIONS),
  );
}
