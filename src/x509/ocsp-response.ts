import type { AlgorithmIdentifier } from "./algorithms.ts";
import { algorithmIdentifier } from "./algorithms.ts";
import { type RevocationReason, reasonCode } from "./crl-reason.ts";
import { TAG } from "./der-reader.ts";
import {
  encode,
  encodeNull,
  encodeOctetString,
  encodeOctetsInBits,
  encodeOid,
  encodeSequence,
  encodeSmallInteger,
  encodeUnsigned,
} from "./der-writer.ts";
import { encodeExtension } from "./extension-encode.ts";
import { OCSP_OID } from "./oids.ts";
import { HASH_OIDS } from "./rsa-signature.ts";
import { encodeGeneralizedTime } from "./time.ts";

/** Why there is no answer (RFC 6960, 4.2.1). */
const FAILURES = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  unauthorized: 6,
} as const;

/** The name of why there is no answer. */
export type OcspFailure = keyof typeof FAILURES;

/** What is known of a certificate. */
export type OcspStatus =
  | { readonly status: "good" | "unknown" }
  | { readonly status: "revoked"; readonly revokedMs: number; readonly reason: RevocationReason };

/** What is said of one certificate; milliseconds since 1970, whole seconds. */
export interface SingleAnswer {
  /** The CertID's whole element. */
  readonly id: Uint8Array;
  readonly status: OcspStatus;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
}

/** An answer to be signed. */
export interface OcspAnswer {
  /** SHA-1 of the responder's public key bits (RFC 6960, 4.2.1: byKey). */
  readonly responderKeyHash: Uint8Array;
  readonly producedAtMs: number;
  readonly answers: readonly SingleAnswer[];
  /** What the request's nonce extension held. */
  readonly nonce?: Uint8Array;
}

/** The answer that there is none; it is not signed. */
export function encodeOcspFailure(failure: OcspFailure): Uint8Array {
  return encodeSequence(encodeSmallInteger(FAILURES[failure], TAG.enumerated));
}

/** Encodes what a responder signs (RFC 6960, 4.2.1: ResponseData). */
export function encodeResponseData({
  responderKeyHash,
  producedAtMs,
  answers,
  nonce,
}: OcspAnswer): Uint8Array {
  const extensions =
    nonce === undefined ? [] : [encode(0xa1, encodeSequence(encodeExtension(OCSP_OID.nonce, false, nonce)))];
  return encodeSequence(
    encode(0xa2, encodeOctetString(responderKeyHash)),
    encodeGeneralizedTime(producedAtMs),
    encodeSequence(...answers.map(encodeSingle)),
    ...extensions,
  );
}

/** Puts an answer together from what was signed, the signature and the responder's certificate. */
export function assembleOcspResponse(
  data: Uint8Array,
  algorithm: AlgorithmIdentifier,
  signature: Uint8Array,
  responder: Uint8Array,
): Uint8Array {
  const certificates = encode(0xa0, encodeSequence(responder));
  const basic = encodeSequence(data, algorithm.der, encodeOctetsInBits(signature), certificates);
  return encodeSequence(
    encodeSmallInteger(0, TAG.enumerated),
    encode(0xa0, encodeSequence(encodeOid(OCSP_OID.basic), encodeOctetString(basic))),
  );
}

/** Encodes a CertID; `serial` is unsigned, the hashes are of the issuer's name and of its public key's bits (RFC 6960, 4.1.1). */
export function encodeCertId(
  hash: "sha1" | "sha256",
  issuerNameHash: Uint8Array,
  issuerKeyHash: Uint8Array,
  serial: Uint8Array,
): Uint8Array {
  const algorithm = algorithmIdentifier(HASH_OIDS.get(hash) as string, encodeNull());
  return encodeSequence(
    algorithm.der,
    encodeOctetString(issuerNameHash),
    encodeOctetString(issuerKeyHash),
    encodeUnsigned(serial),
  );
}

function encodeSingle({ id, status, thisUpdateMs, nextUpdateMs }: SingleAnswer): Uint8Array {
  return encodeSequence(
    id,
    encodeStatus(status),
    encodeGeneralizedTime(thisUpdateMs),
    encode(0xa0, encodeGeneralizedTime(nextUpdateMs)),
  );
}

function encodeStatus(status: OcspStatus): Uint8Array {
  if (status.status !== "revoked") return Uint8Array.of(status.status === "good" ? 0x80 : 0x82, 0);
  const { revokedMs, reason } = status;
  const why =
    reason === "unspecified" ? [] : [encode(0xa0, encodeSmallInteger(reasonCode(reason), TAG.enumerated))];
  return encode(0xa1, encodeGeneralizedTime(revokedMs), ...why);
}
