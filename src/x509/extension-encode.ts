import {
  encode,
  encodeBoolean,
  encodeNamedBits,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSmallInteger,
  encodeText,
} from "./der-writer.ts";
import { ACCESS_METHOD, EXTENSION_OID, KEY_USAGES, type KeyUsage } from "./oids.ts";

/** Encodes an Extension around its value's DER; `critical` FALSE is the default and is left out (RFC 5280, 4.1). */
export function encodeExtension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return critical
    ? encodeSequence(encodeOid(oid), encodeBoolean(true), encodeOctetString(value))
    : encodeSequence(encodeOid(oid), encodeOctetString(value));
}

/** Encodes basicConstraints (RFC 5280, 4.2.1.9). */
export function encodeBasicConstraints(critical: boolean, ca: boolean, pathLength?: number): Uint8Array {
  const parts = [
    ...(ca ? [encodeBoolean(true)] : []),
    ...(pathLength === undefined ? [] : [encodeSmallInteger(pathLength)]),
  ];
  return encodeExtension(EXTENSION_OID.basicConstraints, critical, encodeSequence(...parts));
}

/** Encodes keyUsage (RFC 5280, 4.2.1.3). */
export function encodeKeyUsage(critical: boolean, usages: readonly KeyUsage[]): Uint8Array {
  const bits = usages.map((usage) => KEY_USAGES.indexOf(usage));
  return encodeExtension(EXTENSION_OID.keyUsage, critical, encodeNamedBits(bits));
}

/** Encodes extKeyUsage from purposes' OIDs (RFC 5280, 4.2.1.12). */
export function encodeExtKeyUsage(critical: boolean, purposes: readonly string[]): Uint8Array {
  const value = encodeSequence(...purposes.map((purpose) => encodeOid(purpose)));
  return encodeExtension(EXTENSION_OID.extKeyUsage, critical, value);
}

/** Encodes subjectKeyIdentifier, never critical (RFC 5280, 4.2.1.2). */
export function encodeSubjectKeyIdentifier(keyIdentifier: Uint8Array): Uint8Array {
  return encodeExtension(EXTENSION_OID.subjectKeyIdentifier, false, encodeOctetString(keyIdentifier));
}

/** Encodes authorityKeyIdentifier with the key identifier alone, never critical (RFC 5280, 4.2.1.1). */
export function encodeAuthorityKeyIdentifier(keyIdentifier: Uint8Array): Uint8Array {
  const value = encodeSequence(encode(0x80, keyIdentifier));
  return encodeExtension(EXTENSION_OID.authorityKeyIdentifier, false, value);
}

/** Encodes cRLDistributionPoints, not critical: one point whose CRL is at any of `urls` (RFC 5280, 4.2.1.13). */
export function encodeCrlDistributionPoints(urls: readonly string[]): Uint8Array {
  const fullName = encode(0xa0, ...urls.map(encodeUri));
  const point = encodeSequence(encode(0xa0, fullName));
  return encodeExtension(EXTENSION_OID.crlDistributionPoints, false, encodeSequence(point));
}

/** Encodes authorityInfoAccess, not critical: where OCSP is answered and where the issuer's certificate is (RFC 5280, 4.2.2.1). */
export function encodeAuthorityInfoAccess(
  ocspUrls: readonly string[],
  caIssuerUrls: readonly string[],
): Uint8Array {
  const describe =
    (method: string) =>
    (url: string): Uint8Array =>
      encodeSequence(encodeOid(method), encodeUri(url));
  const descriptions = [
    ...ocspUrls.map(describe(ACCESS_METHOD.ocsp)),
    ...caIssuerUrls.map(describe(ACCESS_METHOD.caIssuers)),
  ];
  return encodeExtension(EXTENSION_OID.authorityInfoAccess, false, encodeSequence(...descriptions));
}

/** A uniformResourceIdentifier; `url` is ASCII. */
function encodeUri(url: string): Uint8Array {
  return encodeText(0x86, url);
}
