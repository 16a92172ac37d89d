import { SamicertsError } from "../base/errors.ts";
import { decodeCertificate } from "../x509/certificate.ts";
import { encodeOid } from "../x509/der-writer.ts";
import { purposeOid } from "../x509/oids.ts";

const OCSP_SIGNING = purposeOid("OCSPSigning") as string;
const ENCODED = Buffer.from(encodeOid(OCSP_SIGNING));

/**
 * Whether a certificate of the ledger, as DER, is of who answers OCSP (RFC 6960, 4.2.2.2), which is no device; false
 * where it can't be decoded.
 */
export function isResponder(der: Uint8Array): boolean {
  // Of a million devices none need be decoded.
  if (!Buffer.from(der.buffer, der.byteOffset, der.length).includes(ENCODED)) return false;
  try {
    return (
      decodeCertificate(der, "the ledger's copy").known.extKeyUsage?.purposes.includes(OCSP_SIGNING) === true
    );
  } catch (error) {
    if (error instanceof SamicertsError) return false;
    throw error;
  }
}
