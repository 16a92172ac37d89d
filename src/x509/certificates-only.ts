import { encode, encodeOid, encodeSequence, encodeSetOf, encodeSmallInteger } from "./der-writer.ts";

const SIGNED_DATA = "1.2.840.113549.1.7.2";
const DATA = "1.2.840.113549.1.7.1";
const CONTEXT_0 = 0xa0;

/** Packs certificates, DER, into a SignedData that nobody has signed: PKCS#7's way to carry a chain (RFC 5652, 5.1). */
export function encodeCertificatesOnly(certificates: readonly Uint8Array[]): Uint8Array {
  const set = encode(CONTEXT_0, Buffer.concat([...certificates].sort(Buffer.compare)));
  const signedData = encodeSequence(
    encodeSmallInteger(1),
    encodeSetOf([]),
    encodeSequence(encodeOid(DATA)),
    set,
    encodeSetOf([]),
  );
  return encodeSequence(encodeOid(SIGNED_DATA), encode(CONTEXT_0, signedData));
}
