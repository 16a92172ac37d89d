import { SamicertsError } from "../base/errors.ts";
import { type AlgorithmIdentifier, readAlgorithm } from "./algorithms.ts";
import { type DerReader, derError, readSequence, TAG } from "./der-reader.ts";
import {
  elementSize,
  encodeOctetsInBits,
  encodeSequence,
  encodeUnsigned,
  writeHeader,
} from "./der-writer.ts";
import { decodeExtension } from "./extension-decode.ts";
import type { Extension, KnownExtensions } from "./extensions.ts";
import { type Name, readName } from "./name.ts";
import { type PublicKey, readPublicKey } from "./public-key.ts";
import { encodeTime, readTime, type Time } from "./time.ts";

/** The largest certificate accepted, in octets. */
export const MAX_CERTIFICATE_SIZE: number = 1024 * 1024;
/** The longest serial number accepted; the 20 octets of RFC 5280 are a rule, this keeps arithmetic cheap. */
const MAX_SERIAL_SIZE = 256;
/** The most extensions accepted in one certificate. */
const MAX_EXTENSIONS = 256;

/** An X.509 certificate, decoded (RFC 5280, 4.1). */
export interface Certificate {
  readonly der: Uint8Array;
  /** The to-be-signed part, whole. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** The serial number's INTEGER octets, two's complement. */
  readonly serial: Uint8Array;
  /** The algorithm inside what is signed. */
  readonly innerAlgorithm: AlgorithmIdentifier;
  /** The algorithm beside the signature. */
  readonly outerAlgorithm: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Time;
  readonly notAfter: Time;
  readonly publicKey: PublicKey;
  readonly extensions: readonly Extension[];
  readonly known: KnownExtensions;
  /** The signature's octets; none where the BIT STRING is not of whole octets. */
  readonly signature: Uint8Array;
}

/**
 * Decodes one certificate from strict DER; `what` begins the message of an error.
 * Throws `der.*` where it is not DER, and `certificate.*` where it is DER but no certificate of RFC 5280.
 */
export function decodeCertificate(der: Uint8Array, what = "certificate"): Certificate {
  if (der.length > MAX_CERTIFICATE_SIZE)
    throw certificateError(
      "size",
      what,
      `${der.length} bytes are more than the ${MAX_CERTIFICATE_SIZE} accepted`,
    );
  const outer = readSequence(der, what);
  const tbsStart = outer.offset;
  const tbs = outer.sequence(`${what}: tbsCertificate`);
  const tbsBytes = der.subarray(tbsStart, outer.offset);
  const outerAlgorithm = readAlgorithm(outer, `${what}: signatureAlgorithm`);
  const signatureBits = outer.bitString(`${what}: signatureValue`);
  outer.end(what);

  const version = readVersion(tbs, what);
  const serial = tbs.integer(`${what}: serialNumber`);
  if (serial.length > MAX_SERIAL_SIZE)
    throw certificateError("size", what, `a serial number of ${serial.length} octets`);
  const innerAlgorithm = readAlgorithm(tbs, `${what}: signature`);
  const issuer = readName(tbs, `${what}: issuer`);
  const validity = tbs.sequence(`${what}: validity`);
  const notBefore = readTime(validity, `${what}: notBefore`);
  const notAfter = readTime(validity, `${what}: notAfter`);
  validity.end(`${what}: validity`);
  const subject = readName(tbs, `${what}: subject`);
  const publicKey = readPublicKey(tbs, `${what}: subjectPublicKeyInfo`);
  readUniqueIdentifier(tbs, 0x81, version, `${what}: issuerUniqueID`);
  readUniqueIdentifier(tbs, 0x82, version, `${what}: subjectUniqueID`);
  const extensions = readExtensions(tbs, version, what);
  tbs.end(`${what}: tbsCertificate`);

  const known: Record<string, unknown> = {};
  for (const extension of extensions) {
    const decoded = decodeExtension(extension);
    if (decoded !== undefined) known[decoded.name] = decoded.value;
  }
  refuseUnnamedSubject(subject, known as KnownExtensions, what);
  return {
    der,
    tbs: tbsBytes,
    version,
    serial,
    innerAlgorithm,
    outerAlgorithm,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    extensions,
    known: known as KnownExtensions,
    // Bits that are not whole octets are no signature of any algorithm: kept as none, they verify under no key.
    signature: signatureBits.unusedBits === 0 ? signatureBits.bytes : new Uint8Array(0),
  };
}

function refuseUnnamedSubject(subject: Name, known: KnownExtensions, what: string): void {
  if (subject.rdns.length === 0 && known.subjectAltName?.critical === false)
    throw certificateError(
      "unnamed-subject",
      what,
      "the subject is empty and subjectAltName is not critical (RFC 5280, 4.1.2.6)",
    );
}

function readVersion(tbs: DerReader, what: string): 1 | 2 | 3 {
  const offset = tbs.offset;
  const explicit = tbs.enterOptional(0xa0, `${what}: version`);
  if (explicit === undefined) return 1;
  const value = explicit.smallInteger(`${what}: version`);
  explicit.end(`${what}: version`);
  if (value === 0)
    throw derError("default", `${what}: version`, offset, "v1 is the default and is not written in DER");
  if (value > 2) throw certificateError("version", what, `version ${value + 1} does not exist`);
  return value === 1 ? 2 : 3;
}

function readUniqueIdentifier(tbs: DerReader, tag: number, version: number, what: string): void {
  if (tbs.peek() !== tag) return;
  tbs.bitString(what, tag);
  if (version === 1) throw certificateError("version", what, "unique identifiers need version 2 or 3");
}

function readExtensions(tbs: DerReader, version: number, what: string): readonly Extension[] {
  const explicit = tbs.enterOptional(0xa3, `${what}: extensions`);
  if (explicit === undefined) return [];
  if (version !== 3) throw certificateError("version", what, `extensions need version 3, this is ${version}`);
  const list = explicit.sequence(`${what}: extensions`);
  explicit.end(`${what}: extensions`);
  const extensions: Extension[] = [];
  while (!list.done) {
    const sequence = list.sequence(`${what}: extension`);
    const oid = sequence.oid(`${what}: extnID`);
    const criticalAt = sequence.offset;
    const critical = sequence.peek() === 0x01 && sequence.boolean(`${what}: critical`);
    if (!critical && sequence.offset !== criticalAt)
      throw derError(
        "default",
        `${what}: critical`,
        criticalAt,
        "FALSE is the default and is not written in DER",
      );
    const value = sequence.octetString(`${what}: extnValue`);
    sequence.end(`${what}: extension`);
    for (const earlier of extensions)
      if (earlier.oid === oid)
        throw certificateError(
          "duplicate-extension",
          what,
          `extension ${oid} is there twice (RFC 5280, 4.2)`,
        );
    extensions.push({ oid, critical, value });
    if (extensions.length > MAX_EXTENSIONS)
      throw certificateError("size", what, `more than ${MAX_EXTENSIONS} extensions`);
  }
  if (extensions.length === 0)
    throw certificateError("empty-extensions", what, "the list of extensions is empty (RFC 5280, 4.1.2.9)");
  return extensions;
}

function certificateError(problem: string, what: string, message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: `certificate.${problem}`,
    message: `${what}: ${message}`,
    hint: "the certificate is malformed; have its issuer make it anew",
  });
}

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
