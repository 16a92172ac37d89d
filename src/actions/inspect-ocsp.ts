import { createHash } from "node:crypto";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { DerReader, sameBytes } from "../x509/der-reader.ts";
import { sameName } from "../x509/name-compare.ts";
import { formatName } from "../x509/name-format.ts";
import type { BasicAnswer, CertificateAnswer, OcspResponse } from "../x509/ocsp-answer.ts";
import { CERT_ID_HASHES, type CertId, type OcspRequest } from "../x509/ocsp-request.ts";
import { OCSP_OID } from "../x509/oids.ts";
import { formatSerial, serialValue } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";
import { checkSignature, describeAlgorithm, type SignatureHolds } from "./describe-algorithm.ts";
import { type ExtensionSummary, summarizeExtension } from "./describe-extension.ts";
import { type SerialForms, sha256Hex } from "./summary.ts";

/** Which certificate is meant: its serial number, and its issuer by digests of its name and key. */
export interface CertIdSummary {
  readonly serial: SerialForms;
  /** `sha1`, `sha256`, or the hash's OID. */
  readonly hash: string;
  /** Lower-case hex. */
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
}

/** What a response says of one certificate; moments are RFC 3339. */
export interface AnswerSummary extends CertIdSummary {
  readonly status: "good" | "revoked" | "unknown";
  readonly revoked?: string;
  readonly reason?: string;
  readonly thisUpdate: string;
  readonly nextUpdate?: string;
  readonly state: "current" | "not yet valid" | "outdated" | "of any age";
  readonly extensions: readonly ExtensionSummary[];
}

/** An OCSP response in words. Whether its responder may answer for the issuer is not looked at. */
export interface InspectedOcspResponse {
  readonly source: string;
  /** `successful`, or why there is no answer; nothing else is there then. */
  readonly status: string;
  readonly producedAt?: string;
  /** A name, or in hex SHA-1 of the responder's key. */
  readonly responder?: string;
  readonly answers?: readonly AnswerSummary[];
  /** Lower-case hex. */
  readonly nonce?: string;
  readonly extensions?: readonly ExtensionSummary[];
  readonly signatureAlgorithm?: string;
  /** By the responder's certificate inside; absent where there is none. */
  readonly signature?: SignatureHolds & { readonly by: string };
  /** SHA-256 of the response, lower-case hex. */
  readonly sha256: string;
}

/** An OCSP request in words. */
export interface InspectedOcspRequest {
  readonly source: string;
  readonly asks: readonly CertIdSummary[];
  readonly nonce?: string;
}

/** Puts an OCSP response into words. `certificates` are those in it, decoded; `atMs` is milliseconds since 1970. */
export function inspectOcspResponse(
  source: string,
  der: Uint8Array,
  { status, basic }: OcspResponse,
  atMs: number,
): InspectedOcspResponse {
  const facts = { source, status, sha256: sha256Hex(der) };
  if (basic === undefined) return facts;
  const nonce = basic.extensions.find(({ oid }) => oid === OCSP_OID.nonce)?.value;
  const others = basic.extensions.filter(({ oid }) => oid !== OCSP_OID.nonce);
  const certificates = basic.certificates.map((each) => decodeCertificate(each, `${source}: certificate`));
  const signer = certificates.find((certificate) => isResponder(basic, certificate));
  return {
    ...facts,
    producedAt: formatTime(basic.producedAtMs),
    responder: responderText(basic, signer),
    answers: basic.answers.map((answer) => summarizeAnswer(answer, atMs)),
    ...(nonce === undefined ? {} : { nonce: nonceText(nonce) }),
    extensions: others.map(summarizeExtension),
    signatureAlgorithm: describeAlgorithm(basic.algorithm),
    ...(signer === undefined
      ? {}
      : {
          signature: {
            ...checkSignature(basic.data, basic.algorithm, basic.signature, signer.publicKey),
            by: formatName(signer.subject),
          },
        }),
  };
}

/** Puts an OCSP request into words. */
export function inspectOcspRequest(source: string, { ids, nonce }: OcspRequest): InspectedOcspRequest {
  return { source, asks: ids.map(summarizeId), ...(nonce === undefined ? {} : { nonce: nonceText(nonce) }) };
}

function isResponder({ responder }: BasicAnswer, certificate: Certificate): boolean {
  if ("name" in responder) return sameName(responder.name, certificate.subject);
  const digest = createHash("sha1").update(certificate.publicKey.bits).digest();
  return sameBytes(responder.keyHash, digest);
}

function responderText({ responder }: BasicAnswer, signer: Certificate | undefined): string {
  if ("name" in responder) return formatName(responder.name);
  const key = `the key ${Buffer.from(responder.keyHash).toString("hex")}`;
  return signer === undefined ? key : formatName(signer.subject);
}

function summarizeAnswer(answer: CertificateAnswer, atMs: number): AnswerSummary {
  const { id, status, revokedMs, reason, thisUpdateMs, nextUpdateMs, extensions } = answer;
  return {
    ...summarizeId(id),
    status,
    ...(revokedMs === undefined ? {} : { revoked: formatTime(revokedMs) }),
    ...(reason === undefined ? {} : { reason }),
    thisUpdate: formatTime(thisUpdateMs),
    ...(nextUpdateMs === undefined ? {} : { nextUpdate: formatTime(nextUpdateMs) }),
    state: stateAt(atMs, thisUpdateMs, nextUpdateMs),
    extensions: extensions.map(summarizeExtension),
  };
}

/** How a statement with an update to come stands at a moment; all in milliseconds since 1970. */
export function stateAt(
  atMs: number,
  thisUpdateMs: number,
  nextUpdateMs: number | undefined,
): AnswerSummary["state"] {
  if (atMs < thisUpdateMs) return "not yet valid";
  if (nextUpdateMs === undefined) return "of any age";
  return atMs > nextUpdateMs ? "outdated" : "current";
}

function summarizeId({ serial, hash, issuerNameHash, issuerKeyHash }: CertId): CertIdSummary {
  return {
    serial: formatSerial(serialValue(serial)),
    hash: CERT_ID_HASHES.get(hash) ?? hash,
    issuerNameHash: Buffer.from(issuerNameHash).toString("hex"),
    issuerKeyHash: Buffer.from(issuerKeyHash).toString("hex"),
  };
}

/** A nonce's octets in hex: it is an OCTET STRING (RFC 9654), and older clients wrote it without that. */
function nonceText(value: Uint8Array): string {
  const isWrapped = value[0] === 4 && value[1] === value.length - 2;
  const octets = isWrapped ? new DerReader(value).octetString("nonce") : value;
  return Buffer.from(octets).toString("hex");
}
