import { createHash } from "node:crypto";
import type { Certificate } from "../../../src/x509/certificate.ts";
import {
  encode,
  encodeOctetString,
  encodeSequence,
  encodeSmallInteger,
} from "../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../src/x509/extension-encode.ts";
import { encodeCertId } from "../../../src/x509/ocsp-response.ts";
import { OCSP_OID } from "../../../src/x509/oids.ts";

/** A request to make by hand; everything but the ids has a default. */
export interface RequestChoice {
  /** Whole CertIDs. */
  readonly ids: readonly Uint8Array[];
  /** Whole Extensions of the request. */
  readonly extensions?: readonly Uint8Array[];
  /** Whole Extensions of each certificate asked about. */
  readonly singleExtensions?: readonly Uint8Array[];
  readonly version?: number;
  readonly requestor?: Uint8Array;
  /** Any element under [0] behind what would be signed. */
  readonly signature?: Uint8Array;
}

/** Makes an OCSP request; gives its DER. */
export function mintRequest(choice: RequestChoice): Uint8Array {
  const { ids, extensions, singleExtensions, version, requestor, signature } = choice;
  const single = singleExtensions === undefined ? [] : [encode(0xa0, encodeSequence(...singleExtensions))];
  return encodeSequence(
    encodeSequence(
      ...(version === undefined ? [] : [encode(0xa0, encodeSmallInteger(version))]),
      ...(requestor === undefined ? [] : [encode(0xa1, requestor)]),
      encodeSequence(...ids.map((id) => encodeSequence(id, ...single))),
      ...(extensions === undefined ? [] : [encode(0xa2, encodeSequence(...extensions))]),
    ),
    ...(signature === undefined ? [] : [encode(0xa0, signature)]),
  );
}

/** The CertID of a serial number of an issuer. */
export function certId(issuer: Certificate, serial: number, hash: "sha1" | "sha256" = "sha1"): Uint8Array {
  const digest = (octets: Uint8Array): Uint8Array => createHash(hash).update(octets).digest();
  const octets = Buffer.from(serial.toString(16).padStart(8, "0"), "hex");
  return encodeCertId(hash, digest(issuer.subject.der), digest(issuer.publicKey.bits), octets);
}

/** A nonce's extension. */
export function nonce(octets: Uint8Array): Uint8Array {
  return encodeExtension(OCSP_OID.nonce, false, encodeOctetString(octets));
}
