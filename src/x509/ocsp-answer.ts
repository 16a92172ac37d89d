import { SamicertsError } from "../base/errors.ts";
import { type AlgorithmIdentifier, readAlgorithm } from "./algorithms.ts";
import { type CrlReason, reasonOf } from "./crl-reason.ts";
import { readList } from "./der-list.ts";
import { type DerReader, derError, readSequence, TAG } from "./der-reader.ts";
import { readExtensionList } from "./extension-list.ts";
import type { Extension } from "./extensions.ts";
import { type Name, readName } from "./name.ts";
import { type CertId, readCertId } from "./ocsp-request.ts";
import { OCSP_OID } from "./oids.ts";
import { readTime } from "./time.ts";

/** Why there may be no answer, by number (RFC 6960, 4.2.1). */
const STATUSES: ReadonlyMap<number, string> = new Map([
  [0, "successful"],
  [1, "malformedRequest"],
  [2, "internalError"],
  [3, "tryLater"],
  [5, "sigRequired"],
  [6, "unauthorized"],
]);

/** What an answer says of one certificate (RFC 6960, 4.2.1); milliseconds since 1970. */
export interface CertificateAnswer {
  readonly id: CertId;
  readonly status: "good" | "revoked" | "unknown";
  readonly revokedMs?: number;
  readonly reason?: CrlReason;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs?: number;
  readonly extensions: readonly Extension[];
}

/** A response that was signed. */
export interface BasicAnswer {
  /** What is signed, whole. */
  readonly data: Uint8Array;
  readonly responder: { readonly name: Name } | { readonly keyHash: Uint8Array };
  readonly producedAtMs: number;
  readonly answers: readonly CertificateAnswer[];
  readonly extensions: readonly Extension[];
  readonly algorithm: AlgorithmIdentifier;
  /** The signature's octets; none where the BIT STRING is not of whole octets. */
  readonly signature: Uint8Array;
  /** DER, as they come along; whether they may answer is not looked at. */
  readonly certificates: readonly Uint8Array[];
}

/** An OCSP response, decoded. Nothing in it is true before its signature is checked. */
export interface OcspResponse {
  /** `successful`, or why there is no answer. */
  readonly status: string;
  readonly basic?: BasicAnswer;
}

/** The largest response accepted, in octets. */
export const MAX_OCSP_RESPONSE: number = 1024 * 1024;

/**
 * Decodes an OCSP response from strict DER (RFC 6960, 4.2); `what` begins the message of an error.
 * Throws `der.*`, and `ocsp.*` where it is DER but no response, or of another type than basic.
 */
export function decodeOcspResponse(der: Uint8Array, what = "OCSP response"): OcspResponse {
  if (der.length > MAX_OCSP_RESPONSE)
    throw ocspError("size", what, `${der.length} bytes are more than the ${MAX_OCSP_RESPONSE} accepted`);
  const outer = readSequence(der, what);
  const code = outer.smallInteger(`${what}: responseStatus`, TAG.enumerated);
  const status = STATUSES.get(code);
  if (status === undefined) throw ocspError("status", what, `there is no status ${code}`);
  const explicit = outer.enterOptional(0xa0, `${what}: responseBytes`);
  outer.end(what);
  if (explicit === undefined) {
    if (code !== 0) return { status };
    throw ocspError("empty", what, "it calls itself successful and has no answer");
  }
  const bytes = explicit.sequence(`${what}: responseBytes`);
  explicit.end(what);
  const type = bytes.oid(`${what}: responseType`);
  if (type !== OCSP_OID.basic) throw ocspError("type", what, `it is of the type ${type}, not basic`);
  const content = bytes.wrapped(`${what}: response`);
  bytes.end(what);
  const response = content.sequence(`${what}: BasicOCSPResponse`);
  content.end(`${what}: BasicOCSPResponse`);
  return { status, basic: readBasic(response, what) };
}

function readBasic(response: DerReader, what: string): BasicAnswer {
  const start = response.offset;
  const data = response.sequence(`${what}: tbsResponseData`);
  const whole = response.bytes.subarray(start, response.offset);
  const algorithm = readAlgorithm(response, `${what}: signatureAlgorithm`);
  const bits = response.bitString(`${what}: signature`);
  const certificates: Uint8Array[] = [];
  const list = response.enterOptional(0xa0, `${what}: certs`);
  if (list !== undefined) {
    const sequence = list.sequence(`${what}: certs`);
    while (!sequence.done) certificates.push(sequence.element(`${what}: certs`));
    list.end(`${what}: certs`);
  }
  response.end(what);
  return {
    data: whole,
    ...readData(data, what),
    algorithm,
    signature: bits.unusedBits === 0 ? bits.bytes : new Uint8Array(0),
    certificates,
  };
}

function readData(
  data: DerReader,
  what: string,
): Pick<BasicAnswer, "responder" | "producedAtMs" | "answers" | "extensions"> {
  if (data.peek() === 0xa0)
    throw derError("default", `${what}: version`, data.offset, "v1 is the default and is not written in DER");
  const responder = readResponder(data, what);
  const producedAtMs = readMoment(data, `${what}: producedAt`);
  const responses = data.sequence(`${what}: responses`);
  const answers = readList(responses, { what, none: "it answers about no certificate" }, (each) =>
    readSingle(each, what),
  );
  const extensions = readExtensions(data, 0xa1, what);
  data.end(`${what}: tbsResponseData`);
  return { responder, producedAtMs, answers, extensions };
}

function readResponder(data: DerReader, what: string): BasicAnswer["responder"] {
  const byName = data.enterOptional(0xa1, `${what}: responderID`);
  const explicit = byName ?? data.enter(0xa2, `${what}: responderID`);
  const responder =
    byName === undefined
      ? { keyHash: explicit.octetString(`${what}: responderID`) }
      : { name: readName(explicit, `${what}: responderID`) };
  explicit.end(`${what}: responderID`);
  return responder;
}

function readSingle(list: DerReader, what: string): CertificateAnswer {
  const single = list.sequence(`${what}: SingleResponse`);
  const id = readCertId(single, what);
  const status = readStatus(single, what);
  const thisUpdateMs = readMoment(single, `${what}: thisUpdate`);
  const next = single.enterOptional(0xa0, `${what}: nextUpdate`);
  const nextUpdateMs = next === undefined ? undefined : readMoment(next, `${what}: nextUpdate`);
  next?.end(`${what}: nextUpdate`);
  const extensions = readExtensions(single, 0xa1, what);
  single.end(`${what}: SingleResponse`);
  return { id, ...status, thisUpdateMs, ...(nextUpdateMs === undefined ? {} : { nextUpdateMs }), extensions };
}

function readStatus(
  single: DerReader,
  what: string,
): Pick<CertificateAnswer, "status" | "revokedMs" | "reason"> {
  const tag = single.peek();
  const revoked = single.enterOptional(0xa1, `${what}: revoked`);
  if (revoked === undefined) {
    const isGood = tag === 0x80;
    const { length } = single.content(isGood ? 0x80 : 0x82, `${what}: certStatus`);
    if (length > 0) throw ocspError("status", what, "good and unknown say nothing else");
    return { status: isGood ? "good" : "unknown" };
  }
  const revokedMs = readMoment(revoked, `${what}: revocationTime`);
  const explicit = revoked.enterOptional(0xa0, `${what}: revocationReason`);
  revoked.end(`${what}: revoked`);
  if (explicit === undefined) return { status: "revoked", revokedMs };
  const code = explicit.smallInteger(`${what}: revocationReason`, TAG.enumerated);
  explicit.end(`${what}: revocationReason`);
  const reason = reasonOf(code);
  if (reason === undefined) throw ocspError("reason", what, `there is no reason ${code}`);
  return { status: "revoked", revokedMs, reason };
}

function readMoment(reader: DerReader, what: string): number {
  const { offset } = reader;
  const { epochMs, form } = readTime(reader, what);
  if (form !== "generalized") throw derError("time", what, offset, "it is a GeneralizedTime");
  return epochMs;
}

function readExtensions(reader: DerReader, tag: number, what: string): readonly Extension[] {
  const explicit = reader.enterOptional(tag, `${what}: extensions`);
  if (explicit === undefined) return [];
  const list = explicit.sequence(`${what}: extensions`);
  explicit.end(`${what}: extensions`);
  return readExtensionList(list, what, ocspError).map(({ extension }) => extension);
}

function ocspError(problem: string, what: string, message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: `ocsp.${problem}`,
    message: `${what}: ${message}`,
    hint: "the response is malformed; ask the responder again",
  });
}
