import { SamicertsError } from "../base/errors.ts";
import { type AlgorithmIdentifier, readAlgorithm } from "./algorithms.ts";
import { type DerReader, readSequence, TAG } from "./der-reader.ts";
import { encode, encodeOctetsInBits, encodeOid, encodeSequence, encodeSetOf } from "./der-writer.ts";
import { readExtensionList } from "./extension-list.ts";
import type { Extension, KnownExtensions } from "./extensions.ts";
import { type Name, readName } from "./name.ts";
import { type PublicKey, readPublicKey } from "./public-key.ts";
import { createVerifier } from "./signature.ts";

/** The largest request accepted, in octets. */
export const MAX_REQUEST_SIZE: number = 64 * 1024;
/** The most attributes accepted in one request. */
const MAX_ATTRIBUTES = 64;

/** Attributes of requests by OID (RFC 2985, 5.4). */
export const REQUEST_ATTRIBUTE_OID = {
  challengePassword: "1.2.840.113549.1.9.7",
  extensionRequest: "1.2.840.113549.1.9.14",
} as const;

/** An attribute of a request (RFC 2986, 4.1). */
export interface RequestAttribute {
  readonly oid: string;
  /** Its values, each a whole element. */
  readonly values: readonly Uint8Array[];
}

/** A certification request (PKCS#10, RFC 2986), decoded. Nothing in it is true before its proof is checked. */
export interface CertificateRequest {
  readonly der: Uint8Array;
  /** The part that is signed, whole. */
  readonly info: Uint8Array;
  readonly subject: Name;
  readonly publicKey: PublicKey;
  /** All but the extensions that are asked for. */
  readonly attributes: readonly RequestAttribute[];
  /** The extensions that are asked for (RFC 2985, 5.4.2). */
  readonly extensions: readonly Extension[];
  readonly known: KnownExtensions;
  readonly algorithm: AlgorithmIdentifier;
  /** The signature's octets; none where the BIT STRING is not of whole octets. */
  readonly signature: Uint8Array;
}

/** A request to be signed. */
export interface RequestDraft {
  readonly subject: Name;
  /** The SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Each a whole Extension, in order; see extension-encode.ts. */
  readonly extensions?: readonly Uint8Array[];
}

/**
 * Decodes one request from strict DER; `what` begins the message of an error. Its proof of possession is not looked at.
 * Attributes that are left out altogether, which RFC 2986 does not allow but some devices do, count as none.
 * Throws `der.*` where it is not DER, and `request.*` where it is DER but no request of RFC 2986.
 */
export function decodeRequest(der: Uint8Array, what = "request"): CertificateRequest {
  if (der.length > MAX_REQUEST_SIZE)
    throw requestError("size", what, `${der.length} bytes are more than the ${MAX_REQUEST_SIZE} accepted`);
  const outer = readSequence(der, what);
  const infoStart = outer.offset;
  const info = outer.sequence(`${what}: certificationRequestInfo`);
  const infoBytes = der.subarray(infoStart, outer.offset);
  const algorithm = readAlgorithm(outer, `${what}: signatureAlgorithm`);
  const bits = outer.bitString(`${what}: signature`);
  outer.end(what);

  const version = info.smallInteger(`${what}: version`);
  if (version !== 0) throw requestError("version", what, `version ${version + 1} does not exist`);
  const subject = readName(info, `${what}: subject`);
  const publicKey = readPublicKey(info, `${what}: subjectPKInfo`);
  const attributes: RequestAttribute[] = [];
  let extensions: ReturnType<typeof readExtensionList> = [];
  if (!info.done)
    for (const attribute of readAttributes(info, what)) {
      if (attribute.oid === REQUEST_ATTRIBUTE_OID.extensionRequest)
        extensions = readRequestedExtensions(attribute, what);
      else attributes.push(attribute);
    }
  info.end(`${what}: certificationRequestInfo`);
  const known: Record<string, unknown> = {};
  for (const { decoded } of extensions) if (decoded !== undefined) known[decoded.name] = decoded.value;
  return {
    der,
    info: infoBytes,
    subject,
    publicKey,
    attributes,
    extensions: extensions.map(({ extension }) => extension),
    known: known as KnownExtensions,
    algorithm,
    // Bits that are not whole octets are no signature of any algorithm.
    signature: bits.unusedBits === 0 ? bits.bytes : new Uint8Array(0),
  };
}

function readAttributes(info: DerReader, what: string): readonly RequestAttribute[] {
  const set = info.setOf(`${what}: attributes`, ATTRIBUTES_TAG);
  const attributes: RequestAttribute[] = [];
  while (!set.done) {
    const sequence = set.sequence(`${what}: attribute`);
    const oid = sequence.oid(`${what}: attribute type`);
    const values = sequence.setOf(`${what}: attribute ${oid}`);
    sequence.end(`${what}: attribute ${oid}`);
    const attribute = { oid, values: [] as Uint8Array[] };
    while (!values.done) attribute.values.push(values.element(`${what}: attribute ${oid}`));
    if (attribute.values.length === 0)
      throw requestError("attribute", what, `attribute ${oid} has no value (RFC 2986, 4.1)`);
    if (attributes.some((earlier) => earlier.oid === oid))
      throw requestError("attribute", what, `attribute ${oid} is there twice`);
    attributes.push(attribute);
    if (attributes.length > MAX_ATTRIBUTES)
      throw requestError("size", what, `more than ${MAX_ATTRIBUTES} attributes`);
  }
  return attributes;
}

function readRequestedExtensions(
  attribute: RequestAttribute,
  what: string,
): ReturnType<typeof readExtensionList> {
  const [value, ...more] = attribute.values;
  if (value === undefined || more.length > 0)
    throw requestError("attribute", what, "extensionRequest has more than one value (RFC 2985, 5.4.2)");
  return readExtensionList(readSequence(value, `${what}: extensionRequest`), what, requestError);
}

/**
 * Checks that whoever made the request has its private key (RFC 2986, 3): it must be signed by the key that it is for.
 * Throws `request.proof` where it is not.
 */
export function checkProof(request: CertificateRequest, what = "request"): void {
  const { info, algorithm, signature, publicKey } = request;
  // OpenSSL 3.0 takes the longest salt where nobody says otherwise; it shows that the key is there as well.
  const verdict = createVerifier(publicKey, { anySalt: true }).verify(info, algorithm, signature);
  if (verdict.ok) return;
  throw new SamicertsError({
    kind: "input",
    code: "request.proof",
    message: `${what}: it is not signed by the key that it is for: ${verdict.reason}`,
    hint: "whoever made it has not shown that the private key is theirs; have the device make it anew",
  });
}

/** Encodes the part of a request that is signed; attributes are written even where there is none (RFC 2986, 4.1). */
export function encodeRequestInfo(draft: RequestDraft): Uint8Array {
  const { extensions = [] } = draft;
  const request = encodeSequence(
    encodeOid(REQUEST_ATTRIBUTE_OID.extensionRequest),
    encodeSetOf([encodeSequence(...extensions)]),
  );
  return encodeSequence(
    VERSION_1,
    draft.subject.der,
    draft.publicKey,
    encode(ATTRIBUTES_TAG, ...(extensions.length === 0 ? [] : [request])),
  );
}

/** Puts a request together from its signed part and its signature. */
export function assembleRequest(
  info: Uint8Array,
  algorithm: AlgorithmIdentifier,
  signature: Uint8Array,
): Uint8Array {
  return encodeSequence(info, algorithm.der, encodeOctetsInBits(signature));
}

const VERSION_1: Uint8Array = Uint8Array.of(TAG.integer, 1, 0);
/** [0] IMPLICIT, constructed. */
const ATTRIBUTES_TAG = 0xa0;

function requestError(problem: string, what: string, message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: `request.${problem}`,
    message: `${what}: ${message}`,
    hint: "the request is malformed; have the device make it anew",
  });
}
