import { SamicertsError } from "../base/errors.ts";
import { readAlgorithm } from "./algorithms.ts";
import { DerReader, derError, readSequence } from "./der-reader.ts";
import { readExtensionList } from "./extension-list.ts";
import { readGeneralName } from "./general-name.ts";
import { OCSP_OID } from "./oids.ts";
import { HASH_OIDS } from "./rsa-signature.ts";

/** The largest request accepted, in octets. */
export const MAX_OCSP_REQUEST: number = 16 * 1024;
/** The most certificates that one request may ask about. */
const MAX_CERTIFICATES = 64;
const MAX_SERIAL = 256;
/** A nonce has at most so many octets (RFC 9654, 2.1). */
const MAX_NONCE = 128;

/** Which certificate is asked about (RFC 6960, 4.1.1). */
export interface CertId {
  /** The whole element, as it goes into the answer. */
  readonly der: Uint8Array;
  /** The hash's OID. */
  readonly hash: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** The serial number's INTEGER octets, two's complement. */
  readonly serial: Uint8Array;
}

/** What an OCSP client asks. */
export interface OcspRequest {
  readonly ids: readonly CertId[];
  /** What the nonce's extension holds, to be given back. */
  readonly nonce?: Uint8Array;
}

/**
 * Decodes an OCSP request from strict DER (RFC 6960, 4.1); a signature on it is not looked at, as 4.1.2 allows.
 * Throws `der.*`, and `ocsp.*` for a critical extension that is not known, too many certificates, or a nonce that is not
 * of 1 to 128 octets (RFC 9654).
 */
export function decodeOcspRequest(der: Uint8Array): OcspRequest {
  const what = "OCSP request";
  if (der.length > MAX_OCSP_REQUEST) throw ocspError("size", `${der.length} bytes`);
  const outer = readSequence(der, what);
  const tbs = outer.sequence(`${what}: tbsRequest`);
  if (!outer.done) outer.enter(0xa0, `${what}: optionalSignature`);
  outer.end(what);
  const version = tbs.offset;
  if (tbs.enterOptional(0xa0, `${what}: version`) !== undefined)
    throw derError("default", `${what}: version`, version, "v1 is the default and is not written in DER");
  const requestor = tbs.enterOptional(0xa1, `${what}: requestorName`);
  if (requestor !== undefined) {
    readGeneralName(requestor, `${what}: requestorName`);
    requestor.end(`${what}: requestorName`);
  }
  const list = tbs.sequence(`${what}: requestList`);
  const ids: CertId[] = [];
  while (!list.done) {
    if (ids.length === MAX_CERTIFICATES)
      throw ocspError("size", `more than ${MAX_CERTIFICATES} certificates`);
    ids.push(readRequest(list, what));
  }
  if (ids.length === 0) throw ocspError("empty", "it asks about no certificate");
  const nonce = readExtensions(tbs, 0xa2, what);
  tbs.end(`${what}: tbsRequest`);
  return { ids, ...(nonce === undefined ? {} : { nonce }) };
}

function readRequest(list: DerReader, what: string): CertId {
  const request = list.sequence(`${what}: Request`);
  const id = readCertId(request, what);
  readExtensions(request, 0xa0, what);
  request.end(`${what}: Request`);
  return id;
}

/** Reads which certificate is meant (RFC 6960, 4.1.1); throws `der.*`, `ocsp.hash`, `ocsp.size`. */
export function readCertId(reader: DerReader, what: string): CertId {
  const start = reader.offset;
  const id = reader.sequence(`${what}: CertID`);
  const der = reader.bytes.subarray(start, reader.offset);
  const { oid: hash, parameters } = readAlgorithm(id, `${what}: hashAlgorithm`);
  if (parameters !== undefined && !(parameters.length === 2 && parameters[0] === 5))
    throw ocspError("hash", "the hash takes NULL as its parameters, or none");
  const issuerNameHash = id.octetString(`${what}: issuerNameHash`);
  const issuerKeyHash = id.octetString(`${what}: issuerKeyHash`);
  const serial = id.integer(`${what}: serialNumber`);
  id.end(`${what}: CertID`);
  if (serial.length > MAX_SERIAL) throw ocspError("size", `a serial number of ${serial.length} octets`);
  return { der, hash, issuerNameHash, issuerKeyHash, serial };
}

/** Reads extensions under an explicit tag; gives the nonce's content, where there is one. */
function readExtensions(reader: DerReader, tag: number, what: string): Uint8Array | undefined {
  const explicit = reader.enterOptional(tag, `${what}: extensions`);
  if (explicit === undefined) return undefined;
  const list = explicit.sequence(`${what}: extensions`);
  explicit.end(`${what}: extensions`);
  let nonce: Uint8Array | undefined;
  for (const { extension } of readExtensionList(list, what, (problem, _, message) =>
    ocspError(problem, message),
  )) {
    if (extension.oid === OCSP_OID.nonce) nonce = checkedNonce(extension.value);
    else if (extension.critical)
      throw ocspError("critical", `the extension ${extension.oid} is critical and not known`);
  }
  return nonce;
}

function checkedNonce(value: Uint8Array): Uint8Array {
  const reader = new DerReader(value);
  const { length } = reader.octetString("nonce");
  reader.end("nonce");
  if (length < 1 || length > MAX_NONCE) throw ocspError("nonce", `a nonce of ${length} octets`);
  return value;
}

/** The hashes that an issuer may be named by (RFC 6960, 4.3, and RFC 5019bis): the name of node:crypto by OID. */
export const CERT_ID_HASHES: ReadonlyMap<string, "sha1" | "sha256"> = new Map([
  [HASH_OIDS.get("sha1") as string, "sha1"],
  [HASH_OIDS.get("sha256") as string, "sha256"],
]);

function ocspError(problem: string, message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: `ocsp.${problem}`,
    message: `OCSP request: ${message}`,
    hint: "ask as RFC 6960 says, as openssl ocsp does",
  });
}
