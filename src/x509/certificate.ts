import { SamicertsError } from "../base/errors.ts";
import { type AlgorithmIdentifier, readAlgorithm } from "./algorithms.ts";
import { type DerReader, derError, readSequence } from "./der-reader.ts";
import { type DecodedExtension, readExtensionList } from "./extension-list.ts";
import type { Extension, KnownExtensions } from "./extensions.ts";
import { type Name, readName } from "./name.ts";
import { PartMemory, readPart } from "./part-memory.ts";
import { type KeyAlgorithm, type PublicKey, readPublicKey } from "./public-key.ts";
import { readTime, type Time } from "./time.ts";

export { assembleCertificate, type CertificateDraft, encodeTbsCertificate } from "./certificate-encode.ts";

/** The largest certificate accepted, in octets. */
export const MAX_CERTIFICATE_SIZE: number = 1024 * 1024;
/** The longest serial number accepted; the 20 octets of RFC 5280 are a rule, this keeps arithmetic cheap. */
const MAX_SERIAL_SIZE = 256;

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

/** Decodes one certificate, as `decodeCertificate` does. */
export type CertificateDecoder = (der: Uint8Array, what?: string) => Certificate;

/** Gives a decoder for certificates that are much alike, such as one issuer's: what they share is decoded once. */
export function certificateDecoder(): CertificateDecoder {
  const memory: Memory = {
    algorithm: new PartMemory(),
    issuer: new PartMemory(),
    validity: new PartMemory(),
    keyAlgorithm: new PartMemory(),
    extensions: [],
  };
  return (der, what) => decode(der, what ?? DEFAULT_WHAT, memory);
}

/**
 * Decodes one certificate from strict DER; `what` begins the message of an error.
 * Throws `der.*` where it is not DER, and `certificate.*` where it is DER but no certificate of RFC 5280.
 */
export function decodeCertificate(der: Uint8Array, what: string = DEFAULT_WHAT): Certificate {
  return decode(der, what, undefined);
}

const DEFAULT_WHAT = "certificate";

interface Memory {
  readonly algorithm: PartMemory<AlgorithmIdentifier>;
  readonly issuer: PartMemory<Name>;
  readonly validity: PartMemory<Validity>;
  readonly keyAlgorithm: PartMemory<KeyAlgorithm>;
  /** By their place in the list. */
  readonly extensions: PartMemory<DecodedExtension>[];
}

interface Validity {
  readonly notBefore: Time;
  readonly notAfter: Time;
}

function decode(der: Uint8Array, what: string, memory: Memory | undefined): Certificate {
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
  const outerAlgorithm = readPart(outer, what, "signatureAlgorithm", readAlgorithm, memory?.algorithm);
  const signatureBits = outer.bitString(`${what}: signatureValue`);
  outer.end(what);

  const version = readVersion(tbs, what);
  const serial = tbs.integer(`${what}: serialNumber`);
  if (serial.length > MAX_SERIAL_SIZE)
    throw certificateError("size", what, `a serial number of ${serial.length} octets`);
  const innerAlgorithm = readPart(tbs, what, "signature", readAlgorithm, memory?.algorithm);
  const issuer = readPart(tbs, what, "issuer", readName, memory?.issuer);
  const { notBefore, notAfter } = readPart(tbs, what, "validity", readValidity, memory?.validity);
  const subject = readName(tbs, `${what}: subject`);
  const publicKey = readPublicKey(tbs, `${what}: subjectPublicKeyInfo`, memory?.keyAlgorithm);
  readUniqueIdentifier(tbs, 0x81, version, `${what}: issuerUniqueID`);
  readUniqueIdentifier(tbs, 0x82, version, `${what}: subjectUniqueID`);
  const extensions: Extension[] = [];
  const known: Record<string, unknown> = {};
  for (const { extension, decoded } of readExtensions(tbs, version, what, memory?.extensions)) {
    extensions.push(extension);
    if (decoded !== undefined) known[decoded.name] = decoded.value;
  }
  tbs.end(`${what}: tbsCertificate`);
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

function readExtensions(
  tbs: DerReader,
  version: number,
  what: string,
  memories: PartMemory<DecodedExtension>[] | undefined,
): readonly DecodedExtension[] {
  const explicit = tbs.enterOptional(0xa3, `${what}: extensions`);
  if (explicit === undefined) return [];
  if (version !== 3) throw certificateError("version", what, `extensions need version 3, this is ${version}`);
  const list = explicit.sequence(`${what}: extensions`);
  explicit.end(`${what}: extensions`);
  return readExtensionList(list, what, certificateError, memories);
}

function readValidity(tbs: DerReader, what: string): Validity {
  const validity = tbs.sequence(what);
  const notBefore = readTime(validity, `${what}: notBefore`);
  const notAfter = readTime(validity, `${what}: notAfter`);
  validity.end(what);
  return { notBefore, notAfter };
}

function certificateError(problem: string, what: string, message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: `certificate.${problem}`,
    message: `${what}: ${message}`,
    hint: "the certificate is malformed; have its issuer make it anew",
  });
}
