import { SamicertsError } from "../base/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Revocation, RevocationRequest } from "../ledger/revocation.ts";
import type { RevocationReason } from "../x509/crl-reason.ts";
import { formatTime } from "../x509/time.ts";
import { type FoundCertificate, findCertificate, type NamedCertificate } from "./find-certificate.ts";
import { recordingRefusal } from "./refusal.ts";
import { type CertificateSummary, summarize } from "./summary.ts";

/** Why and since when to revoke; milliseconds since 1970. */
export interface RevocationFacts {
  readonly reason: RevocationReason;
  /** Now where absent. */
  readonly atMs?: number;
  /** Since when its key may be known to others; absent where it never was. */
  readonly invalidFromMs?: number;
}

/** A certificate to be revoked, put on hold or released. */
export interface RevokeInput {
  readonly named: NamedCertificate;
  /** The line that issued it, where the serial alone does not tell. */
  readonly line?: string;
}

/** What revoking needs of the world. */
export interface RevokeDeps {
  readonly clock: { now(): number };
  readonly ledger: Ledger;
}

/** A revocation as a person or a script reads it; moments are RFC 3339 in UTC. */
export interface ToldRevocation {
  readonly reason: RevocationReason;
  readonly since: string;
  readonly invalidFrom?: string;
}

/** A certificate that was revoked, put on hold or released. */
export interface Revoked {
  readonly certificate: CertificateSummary;
  /** Who issued it, by the number in the ledger. */
  readonly issuer: number;
  /** The line that issued it; the root where absent. */
  readonly line?: string;
  /** Absent where it was released. */
  readonly revocation?: ToldRevocation;
  /** The hold that ended. */
  readonly held?: ToldRevocation;
  /** The newest CRL that was published before, where the revocation is dated back beyond it. */
  readonly datedBefore?: { readonly number: number; readonly thisUpdate: string };
}

/**
 * Revokes a certificate, or puts it on hold (reason `certificateHold`), for the next CRL and for OCSP at once.
 * Throws `certificate.unknown`, `serial.ambiguous`, `revocation.future`, `revocation.order`, `revocation.root` (kind
 * `input`), `revocation.duplicate` (kind `exists`).
 */
export function revoke(input: RevokeInput, facts: RevocationFacts, deps: RevokeDeps): Revoked {
  const { ledger, clock } = deps;
  return recordingRefusal(refusalDeps(deps), asked("revoke", input), () => {
    const nowMs = clock.now();
    const found = findCertificate(input.named, input.line, ledger);
    const request = revocationRequest(found.row, facts, nowMs);
    const last = ledger.revocations.lastCrl(request.issuer);
    const [outcome] = ledger.revocations.revoke([request], nowMs);
    if (outcome?.outcome !== "revoked") throw outcome?.error;
    const { held } = outcome;
    const isBefore = last !== undefined && request.revokedMs < last.thisUpdateMs && facts.atMs !== undefined;
    return {
      ...tell(found),
      revocation: tellRevocation(request),
      ...(held === undefined ? {} : { held: tellRevocation(held) }),
      ...(isBefore
        ? { datedBefore: { number: last.number, thisUpdate: formatTime(last.thisUpdateMs) } }
        : {}),
    };
  });
}

/**
 * Takes a certificate off hold; the next CRL has it no more.
 * Throws `certificate.unknown`, `serial.ambiguous`, `revocation.not-held` (kind `input`), `revocation.final` (kind `exists`).
 */
export function release(input: RevokeInput, deps: RevokeDeps): Revoked {
  const { ledger, clock } = deps;
  return recordingRefusal(refusalDeps(deps), asked("revoke --release", input), () => {
    const found = findCertificate(input.named, input.line, ledger);
    const held = ledger.revocations.release(found.row, clock.now());
    return { ...tell(found), held: tellRevocation(held) };
  });
}

/** A request of the ledger from what a person says; throws `revocation.future`, `revocation.order`. */
export function revocationRequest(
  { issuer, serial }: { readonly issuer: number; readonly serial: string },
  { reason, atMs, invalidFromMs }: RevocationFacts,
  nowMs: number,
): RevocationRequest {
  const revokedMs = atMs ?? nowMs;
  for (const moment of [revokedMs, invalidFromMs ?? revokedMs])
    if (moment > nowMs)
      throw new SamicertsError({
        kind: "input",
        code: "revocation.future",
        message: `${formatTime(moment)} is in the future`,
        hint: "a certificate is revoked now, or was at an earlier moment; check the clock of this machine",
      });
  if (invalidFromMs !== undefined && invalidFromMs > revokedMs)
    throw new SamicertsError({
      kind: "input",
      code: "revocation.order",
      message: `the invalidity date ${formatTime(invalidFromMs)} is later than the revocation, ${formatTime(revokedMs)}`,
      hint: "the invalidity date says since when the key may have been known to others: before it was revoked",
    });
  return { issuer, serial, reason, revokedMs, ...(invalidFromMs === undefined ? {} : { invalidFromMs }) };
}

/** Puts a revocation into words. */
export function tellRevocation({
  reason,
  revokedMs,
  invalidFromMs,
}: Omit<Revocation, "recordedMs">): ToldRevocation {
  return {
    reason,
    since: formatTime(revokedMs),
    ...(invalidFromMs === undefined ? {} : { invalidFrom: formatTime(invalidFromMs) }),
  };
}

function tell({
  certificate,
  row,
  line,
}: FoundCertificate): Pick<Revoked, "certificate" | "issuer" | "line"> {
  return { certificate: summarize(certificate), issuer: row.issuer, ...(line === undefined ? {} : { line }) };
}

function asked(what: string, { named }: RevokeInput): { readonly what: string; readonly serial?: string } {
  return "serial" in named ? { what, serial: named.serial.toString() } : { what };
}

function refusalDeps({ clock, ledger }: RevokeDeps): Parameters<typeof recordingRefusal>[0] {
  return { clock, existingLedger: () => ledger };
}
