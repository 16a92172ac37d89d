import { createHash } from "node:crypto";
import { SamicertsError } from "../base/errors.ts";
import type { IssuerId, Ledger } from "../ledger/ledger.ts";
import { keyIdentifier } from "../policy/draft.ts";
import type { Certificate } from "../x509/certificate.ts";
import { CERT_ID_HASHES, type CertId, decodeOcspRequest, type OcspRequest } from "../x509/ocsp-request.ts";
import {
  assembleOcspResponse,
  encodeOcspFailure,
  encodeResponseData,
  type OcspFailure,
  type OcspStatus,
  type SingleAnswer,
} from "../x509/ocsp-response.ts";
import { serialValue } from "../x509/serial.ts";
import type { Responder } from "./choose-responder.ts";

/** An authority whose certificates are told of. */
export interface AnsweredAuthority {
  readonly id: IssuerId;
  readonly certificate: Certificate;
  /** Who answers at this moment; undefined where nobody can. */
  readonly responder: () => Responder | undefined;
}

/** What came of a request. */
export interface OcspOutcome {
  readonly der: Uint8Array;
  /** Until when it may be kept and given to others; absent where it may not. Milliseconds since 1970. */
  readonly cacheable?: { readonly fromMs: number; readonly untilMs: number };
  /** Why there is no answer. */
  readonly failure?: OcspFailure;
}

/** Answers OCSP requests, DER in and DER out; never throws on what it is asked. */
export type OcspAnswerer = (request: Uint8Array) => OcspOutcome;

/** How answers are made. */
export interface AnswerOptions {
  readonly ledger: Pick<Ledger, "find">;
  readonly clock: { now(): number };
  /** How long an answer is valid. */
  readonly validityMs: number;
}

/** Names an issuer as a CertID does. */
type IssuerKey = string;

/**
 * Makes an answerer for these authorities (RFC 6960): what the ledger has as issued is good, unless it has it as revoked or
 * on hold, and what it does not have is unknown. About another authority's certificates it is not authorized to speak.
 */
export function createAnswerer(
  authorities: readonly AnsweredAuthority[],
  options: AnswerOptions,
): OcspAnswerer {
  const byKey = new Map<IssuerKey, AnsweredAuthority>();
  for (const authority of authorities)
    for (const hash of CERT_ID_HASHES.keys()) byKey.set(issuerKeyOf(hash, authority.certificate), authority);

  return (der) => {
    let request: OcspRequest;
    try {
      request = decodeOcspRequest(der);
    } catch (error) {
      if (error instanceof SamicertsError) return failed("malformedRequest");
      throw error;
    }
    // One signature answers all of a request: they must be one issuer's.
    const asked = new Set(request.ids.map((id) => byKey.get(keyOf(id))));
    const [authority] = asked;
    if (asked.size !== 1 || authority === undefined) return failed("unauthorized");
    const responder = authority.responder();
    if (responder === undefined) return failed("tryLater");
    return answer(request, authority, responder, options);
  };
}

/** An answer that may be handed out until it ends. */
export interface SignedAnswer {
  readonly der: Uint8Array;
  /** Milliseconds since 1970, whole seconds. */
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
}

/** Makes the answer about one certificate, before anybody asks; `serial` in decimal. */
export function answerAbout(
  id: Uint8Array,
  serial: string,
  authority: AnsweredAuthority,
  responder: Responder,
  options: AnswerOptions,
): SignedAnswer {
  const updates = updatesOf(responder, options);
  const status = statusOf(serial, authority.id, options.ledger);
  return { der: signed([{ id, status, ...updates }], responder, undefined), ...updates };
}

function answer(
  { ids, nonce }: OcspRequest,
  authority: AnsweredAuthority,
  responder: Responder,
  options: AnswerOptions,
): OcspOutcome {
  const updates = updatesOf(responder, options);
  const answers = ids.map(({ der: id, serial }) => {
    const status = statusOf(serialValue(serial).toString(), authority.id, options.ledger);
    return { id, status, ...updates };
  });
  const der = signed(answers, responder, nonce);
  const isKnown = answers.every(({ status }) => status.status !== "unknown");
  // What is not known yet may be known at once; and a nonce is one client's.
  if (nonce !== undefined || !isKnown) return { der };
  return { der, cacheable: { fromMs: updates.thisUpdateMs, untilMs: updates.nextUpdateMs } };
}

/** An answer ends with its responder at the latest: afterwards nobody can tell whose it is. */
function updatesOf(
  { certificate }: Responder,
  { clock, validityMs }: AnswerOptions,
): Pick<SignedAnswer, "thisUpdateMs" | "nextUpdateMs"> {
  const thisUpdateMs = Math.floor(clock.now() / 1000) * 1000;
  return { thisUpdateMs, nextUpdateMs: Math.min(thisUpdateMs + validityMs, certificate.notAfter.epochMs) };
}

function statusOf(serial: string, issuer: IssuerId, ledger: Pick<Ledger, "find">): OcspStatus {
  const row = /^[1-9][0-9]{0,48}$/.test(serial) ? ledger.find(issuer, serial) : undefined;
  if (row?.certificate === undefined) return { status: "unknown" };
  const { revocation } = row;
  if (revocation === undefined) return { status: "good" };
  return { status: "revoked", revokedMs: revocation.revokedMs, reason: revocation.reason };
}

function signed(
  answers: readonly SingleAnswer[],
  { certificate, signer }: Responder,
  nonce: Uint8Array | undefined,
): Uint8Array {
  const data = encodeResponseData({
    responderKeyHash: keyIdentifier(certificate.publicKey),
    producedAtMs: answers[0]?.thisUpdateMs ?? 0,
    answers,
    ...(nonce === undefined ? {} : { nonce }),
  });
  return assembleOcspResponse(data, signer.algorithm, signer.sign(data), certificate.der);
}

/** The hashes that a CertID names an issuer by (RFC 6960, 4.1.1). */
export function issuerHashes(
  hash: "sha1" | "sha256",
  { subject, publicKey }: Certificate,
): { readonly name: Uint8Array; readonly key: Uint8Array } {
  const digest = (octets: Uint8Array): Uint8Array => createHash(hash).update(octets).digest();
  return { name: digest(subject.der), key: digest(publicKey.bits) };
}

function issuerKeyOf(oid: string, certificate: Certificate): IssuerKey {
  const { name, key } = issuerHashes(CERT_ID_HASHES.get(oid) ?? "sha1", certificate);
  return keyText(oid, name, key);
}

function keyOf({ hash, issuerNameHash, issuerKeyHash }: CertId): IssuerKey {
  return keyText(hash, issuerNameHash, issuerKeyHash);
}

function keyText(oid: string, name: Uint8Array, key: Uint8Array): IssuerKey {
  return `${oid} ${Buffer.from(name).toString("hex")} ${Buffer.from(key).toString("hex")}`;
}

function failed(failure: OcspFailure): OcspOutcome {
  return { der: encodeOcspFailure(failure), failure };
}
