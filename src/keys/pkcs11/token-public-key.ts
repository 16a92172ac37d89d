import type * as graphene from "graphene-pk11";
import { SamicertsError } from "../../base/errors.ts";
import { algorithmIdentifier, curveByOid, KEY_OID } from "../../x509/algorithms.ts";
import { decodeCertificate } from "../../x509/certificate.ts";
import { DerReader, sameBytes, TAG } from "../../x509/der-reader.ts";
import {
  encodeNull,
  encodeOctetsInBits,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from "../../x509/der-writer.ts";
import { decodePublicKey, type PublicKey } from "../../x509/public-key.ts";
import type { Pkcs11Uri } from "../pkcs11-uri.ts";
import { describeKey } from "../pkcs11-uri-format.ts";
import { ATTRIBUTE, findObjects, OBJECT_CLASS, readAttribute } from "./key-object.ts";
import { EDWARDS25519 } from "./mechanisms.ts";
import type { OpenToken } from "./open-token.ts";
import { tokenError } from "./token-error.ts";

/** CKK_RSA, CKK_EC, CKK_EC_EDWARDS. */
const KEY_TYPE = { rsa: 0, ec: 3, edwards: 0x40 } as const;
/** Ed25519, as its key's parameters name it besides by PKCS#11's own word: RFC 8410's OID and GnuPG's. */
const ED25519_OIDS: readonly Uint8Array[] = [KEY_OID.ed25519, "1.3.6.1.4.1.11591.15.1"].map(encodeOid);

/**
 * The public part of a private key in a token: from the key itself where it tells, else from the public key or the
 * certificate with the same CKA_ID.
 * Throws `token.key-unsupported` for a kind of key that is not used here, `token.public-absent`.
 */
export function tokenPublicKey(token: OpenToken, key: graphene.SessionObject, uri: Pkcs11Uri): PublicKey {
  const type = number(readAttribute(key, ATTRIBUTE.keyType));
  const id = readAttribute(key, ATTRIBUTE.id) ?? Buffer.alloc(0);
  const label = readAttribute(key, ATTRIBUTE.label)?.toString();
  const named = id.length > 0 ? { id } : label === undefined ? {} : { object: label };
  const sources = [key, ...findObjects(token, named, OBJECT_CLASS.publicKey)];
  const read = type === KEY_TYPE.rsa ? rsaSpki : type === KEY_TYPE.ec ? ecSpki : edwardsSpki;
  if (type === undefined || !Object.values<number>(KEY_TYPE).includes(type))
    throw unsupported(uri, `it is of type 0x${(type ?? 0).toString(16)}`);
  try {
    for (const source of sources) {
      const spki = read(source);
      if (spki !== undefined) return decodePublicKey(spki, `the key ${describeKey(uri)}`);
    }
    for (const certificate of findObjects(token, named, OBJECT_CLASS.certificate)) {
      const der = readAttribute(certificate, ATTRIBUTE.value);
      if (der !== undefined && der.length > 0) return decodeCertificate(der).publicKey;
    }
  } catch (error) {
    if (error instanceof SamicertsError && error.kind === "input") throw unsupported(uri, error.message);
    throw error;
  }
  throw tokenError(
    "public-absent",
    `the public part of the key ${describeKey(uri)} is not there: neither a public key nor a certificate has its id`,
    "put its public key into the token, with the same CKA_ID, by the token's own tool",
  );
}

function rsaSpki(object: graphene.SessionObject): Uint8Array | undefined {
  const modulus = readAttribute(object, ATTRIBUTE.modulus);
  const exponent = readAttribute(object, ATTRIBUTE.publicExponent);
  if (!modulus?.length || !exponent?.length) return undefined;
  const key = encodeSequence(encodeUnsigned(modulus), encodeUnsigned(exponent));
  return encodeSequence(algorithmIdentifier(KEY_OID.rsa, encodeNull()).der, encodeOctetsInBits(key));
}

function ecSpki(object: graphene.SessionObject): Uint8Array | undefined {
  const parameters = readAttribute(object, ATTRIBUTE.ecParameters);
  const point = readAttribute(object, ATTRIBUTE.ecPoint);
  if (!parameters?.length || !point?.length) return undefined;
  if (parameters[0] !== TAG.oid) return undefined;
  const octets = ((curveByOid(new DerReader(parameters).oid("CKA_EC_PARAMS"))?.bits ?? 0) + 7) >> 3;
  const algorithm = algorithmIdentifier(KEY_OID.ec, parameters);
  return encodeSequence(algorithm.der, encodeOctetsInBits(bare(point, 1 + 2 * octets)));
}

function edwardsSpki(object: graphene.SessionObject): Uint8Array | undefined {
  const parameters = readAttribute(object, ATTRIBUTE.ecParameters);
  const point = readAttribute(object, ATTRIBUTE.ecPoint);
  if (!parameters?.length || !point?.length) return undefined;
  if (![EDWARDS25519, ...ED25519_OIDS].some((each) => sameBytes(each, parameters))) return undefined;
  return encodeSequence(algorithmIdentifier(KEY_OID.ed25519).der, encodeOctetsInBits(bare(point, 32)));
}

/** CKA_EC_POINT is an OCTET STRING around the point; some tokens leave that out. */
function bare(point: Uint8Array, length: number): Uint8Array {
  if (point.length === length) return point;
  const reader = new DerReader(point);
  const octets = reader.octetString("CKA_EC_POINT");
  reader.end("CKA_EC_POINT");
  return octets;
}

function unsupported(uri: Pkcs11Uri, why: string): SamicertsError {
  return tokenError(
    "key-unsupported",
    `the key ${describeKey(uri)} is not used here: ${why}`,
    "use an EC key on P-256, P-384 or P-521, an RSA key of 2048 to 8192 bits, or Ed25519",
  );
}

/** A CK_ULONG as it lies in memory. */
function number(octets: Buffer | undefined): number | undefined {
  return octets === undefined || octets.length < 4 ? undefined : octets.readUInt32LE(0);
}
