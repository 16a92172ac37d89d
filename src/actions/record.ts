import { createHash } from "node:crypto";
import { SamicertsError } from "../base/errors.ts";
import type { Finding } from "../base/finding.ts";
import type { IssuedCertificate, Ledger, Reservation, ReservationRequest } from "../ledger/ledger.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { buildPath } from "../x509/chain.ts";
import { formatName } from "../x509/name-format.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { serialValue } from "../x509/serial.ts";
import type { Signer } from "../x509/signer.ts";
import { type Approved, sign } from "./certify.ts";

/** A certificate on its way from the judge to the ledger. */
export interface Recordable {
  readonly approved: Approved;
  /** The issuer's key. */
  readonly signer: Signer;
  /** The certificates above it, its issuer first, the root last; empty for a root. */
  readonly issuers: readonly Certificate[];
  /** Who it is for. */
  readonly name: string;
  readonly atMs: number;
  /** The reservation of an earlier run that was cut off. */
  readonly reservation?: Reservation;
  /** Whether the key may have a certificate already, which this one takes the place of. */
  readonly renewsKey?: boolean;
  /** What its reservation says besides: the line it is for, the certificate whose place it takes. */
  readonly link?: ReservationLink;
  /** Where the device keeps its key to itself: how its public key is known to be its own. */
  readonly keyElsewhere?: KeyProof;
}

/**
 * How a key is known to be the device's: it has shown so, the operator has given their word, it was certified before, or
 * it is in a token that this run has a session with.
 */
export type KeyProof = "request" | "word" | "renewal" | "token";

/** What a reservation may say of others. */
export type ReservationLink = Pick<
  ReservationRequest,
  "renews" | "replaces" | "onlySuccessor" | "factoryLine"
>;

/** Where the certificate's files go. */
export interface Placement {
  /** Writes the certificate, and its key where it has one, durably; on failure removes what it made. */
  readonly write: (der: Uint8Array) => void;
  /** Whether any file of this certificate is there after `write` failed. */
  readonly leftBehind: () => boolean;
}

/** What is certain now: the files are durable and the ledger has them. */
export interface Recorded {
  readonly der: Uint8Array;
  readonly certificate: Certificate;
  readonly findings: readonly Finding[];
  /** True where an earlier run's work was taken up. */
  readonly resumed: boolean;
}

/**
 * Reserves the serial, signs, checks the signature, writes durably, commits: in this order and nothing else.
 * The serial is given back only where nothing signed is left anywhere. Throws `serial.duplicate`, `key.*`, `io.*`.
 */
export function record(item: Recordable, placement: Placement, ledger: Ledger): Recorded {
  const { approved } = item;
  const reservation = item.reservation ?? reserve(item, ledger);
  if (item.keyElsewhere === "word") noteWord(item, reservation, ledger);
  let der: Uint8Array;
  let certificate: Certificate;
  try {
    der = sign(approved, item.signer);
    certificate = decodeCertificate(der, "the new certificate");
    checkPath(certificate, item.issuers, item.atMs);
    placement.write(der);
  } catch (error) {
    giveUp(reservation, placement, ledger);
    throw error;
  }
  ledger.commit(reservation, ledgerEntry(certificate, item.atMs));
  return { der, certificate, findings: approved.findings, resumed: item.reservation !== undefined };
}

/** Lets go of a reservation after a failure, which nothing that fails here may hide. */
function giveUp(reservation: Reservation, placement: Placement, ledger: Ledger): void {
  try {
    if (isLeftBehind(placement)) ledger.abandon(reservation);
    else ledger.release(reservation);
  } catch {
    // It becomes abandoned when this process ends.
  }
}

/** Where that can't be told, something may be left. */
function isLeftBehind(placement: Placement): boolean {
  try {
    return placement.leftBehind();
  } catch {
    return true;
  }
}

function reserve(item: Recordable, ledger: Ledger): Reservation {
  const { certificate } = item.approved;
  const issuer = ledger.addIssuer(issuerEntry(item.issuers[0] ?? certificate, item.atMs));
  const renews = renewedRow(item, ledger);
  // A root's key is known to the ledger only once its certificate is durable: a key that a run left alone when it was
  // cut off can then still be given one.
  const keyFirst = item.issuers.length > 0 || renews !== undefined;
  return ledger.reserve({
    issuer,
    serial: serialValue(certificate.serial).toString(),
    name: item.name,
    atMs: item.atMs,
    ...(keyFirst ? { spkiSha256: sha256(certificate.publicKey.der) } : {}),
    ...(renews === undefined ? {} : { renews }),
    ...(item.keyElsewhere === undefined ? {} : { keyElsewhere: true }),
    ...item.link,
  });
}

/** Records for good that nobody has shown to have this key. */
function noteWord({ approved, atMs }: Recordable, { issuer, serial }: Reservation, ledger: Ledger): void {
  const digest = spkiDigest(approved.certificate.publicKey);
  const detail = "the public key was taken on the operator's word: nobody has shown to have its private key";
  ledger.note({ kind: "key-unproved", atMs, issuer, serial, digest, detail });
}

/** A public key as the ledger knows it: SHA-256 of its SubjectPublicKeyInfo. */
export function spkiDigest(key: PublicKey): Uint8Array {
  return sha256(key.der);
}

/** The ledger's row of the earlier certificate for this key, where it has one. */
function renewedRow(item: Recordable, ledger: Ledger): ReservationRequest["renews"] | undefined {
  if (item.renewsKey !== true) return undefined;
  const row = ledger.findKey(sha256(item.approved.certificate.publicKey.der));
  return row?.state === "issued" ? { issuer: row.issuer, serial: row.serial } : undefined;
}

/** An issuer as the ledger wants it. */
export function issuerEntry(
  certificate: Certificate,
  createdMs: number,
): { readonly subject: string; readonly spkiSha256: Uint8Array; readonly createdMs: number } {
  return {
    subject: formatName(certificate.subject),
    spkiSha256: sha256(certificate.publicKey.der),
    createdMs,
  };
}

/** A certificate as the ledger wants it. */
export function ledgerEntry(certificate: Certificate, atMs: number): IssuedCertificate {
  return {
    der: certificate.der,
    certificateSha256: sha256(certificate.der),
    spkiSha256: sha256(certificate.publicKey.der),
    notBeforeMs: certificate.notBefore.epochMs,
    notAfterMs: certificate.notAfter.epochMs,
    atMs,
  };
}

/**
 * Checks a signed certificate's path up to its root, as a stranger's would be: a fault in the signature itself
 * must not reach a device. Throws `path.invalid` (refused) with the findings.
 */
export function checkPath(certificate: Certificate, issuers: readonly Certificate[], atMs: number): void {
  const anchor = issuers.at(-1) ?? certificate;
  // One that becomes valid only later is judged at its first moment.
  const moment = Math.max(atMs, certificate.notBefore.epochMs);
  const { findings } = buildPath({
    target: certificate,
    anchors: [anchor],
    untrusted: issuers,
    atMs: moment,
  });
  if (findings.length > 0) throw pathInvalid(findings);
}

/** The error for a path that does not hold, with the findings that say why. */
export function pathInvalid(findings: readonly Finding[]): SamicertsError {
  const [first] = findings;
  return new SamicertsError({
    kind: "refused",
    code: "path.invalid",
    message: `${first?.message} (${first?.subject})`,
    hint: first?.hint ?? "",
    findings,
  });
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
