import type { AlgorithmIdentifier } from "./algorithms.ts";
import { TAG } from "./der-reader.ts";
import {
  elementSize,
  encodeOctetsInBits,
  encodeSequence,
  encodeUnsigned,
  writeHeader,
} from "./der-writer.ts";
import type { Name } from "./name.ts";
import { encodeTime } from "./time.ts";

/** A certificate to be signed. */
export interface CertificateDraft {
  /** Unsigned big-endian octets. */
  readonly serial: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly subject: Name;
  /** Milliseconds since 1970, whole seconds. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Each a whole Extension, in order; see extension-encode.ts. */
  readonly extensions: readonly Uint8Array[];
}

/** Encodes the to-be-signed part of a version 3 certificate (RFC 5280, 4.1), in one piece: it is done for every device. */
export function encodeTbsCertificate(draft: CertificateDraft): Uint8Array {
  const serial = encodeUnsigned(draft.serial);
  const notBefore = encodeTime(draft.notBeforeMs);
  const notAfter = encodeTime(draft.notAfterMs);
  const validityLength = notBefore.length + notAfter.length;
  let extensionsLength = 0;
  for (const extension of draft.extensions) extensionsLength += extension.length;
  const listSize = elementSize(extensionsLength);
  const parts = [VERSION_3, serial, draft.signatureAlgorithm.der, draft.issuer.der];
  let length = elementSize(validityLength) + draft.subject.der.length + draft.publicKey.length;
  for (const part of parts) length += part.length;
  if (extensionsLength > 0) length += elementSize(listSize);

  const out = Buffer.allocUnsafe(elementSize(length));
  let at = writeHeader(out, 0, TAG.sequence, length);
  const put = (part: Uint8Array): void => {
    out.set(part, at);
    at += part.length;
  };
  for (const part of parts) put(part);
  at = writeHeader(out, at, TAG.sequence, validityLength);
  put(notBefore);
  put(notAfter);
  put(draft.subject.der);
  put(draft.publicKey);
  if (extensionsLength > 0) {
    at = writeHeader(out, at, EXTENSIONS_TAG, listSize);
    at = writeHeader(out, at, TAG.sequence, extensionsLength);
    for (const extension of draft.extensions) put(extension);
  }
  return out;
}

/** Puts a certificate together from its to-be-signed part and its signature. */
export function assembleCertificate(
  tbs: Uint8Array,
  algorithm: AlgorithmIdentifier,
  signature: Uint8Array,
): Uint8Array {
  return encodeSequence(tbs, algorithm.der, encodeOctetsInBits(signature));
}

const VERSION_3: Uint8Array = Uint8Array.of(0xa0, 3, 2, 1, 2);
const EXTENSIONS_TAG = 0xa3;
