import { REVOCATION_REASONS, type RevocationReason } from "../x509/crl-reason.ts";
import { formatTime } from "../x509/time.ts";
import type { EventNote } from "./event.ts";
import type { PublishedCrl, Revocation } from "./revocation.ts";

/** What a line of the record says of a revocation. */
export interface ToldRevocation {
  readonly reason: RevocationReason;
  readonly since: string;
  /** It was on hold until then. */
  readonly wasHeld: boolean;
}

const WAS_HELD = ", was on hold";
const REVOKED = /^([a-zA-Z]+) since ([0-9TZ:-]{20})(?:, invalid since [0-9TZ:-]{20})?(, was on hold)?$/;

/** What is recorded of a revocation. */
export function revokedDetail(revocation: Omit<Revocation, "recordedMs">, wasHeld: boolean): string {
  const { reason, revokedMs, invalidFromMs } = revocation;
  const invalid = invalidFromMs === undefined ? "" : `, invalid since ${formatTime(invalidFromMs)}`;
  return `${reason} since ${formatTime(revokedMs)}${invalid}${wasHeld ? WAS_HELD : ""}`;
}

/** What is recorded of a certificate that is no longer on hold. */
export function releasedDetail(held: Revocation): string {
  return `on hold since ${formatTime(held.revokedMs)}`;
}

/** What is recorded of a CRL. */
export function publishedDetail(number: number, { entries, nextUpdateMs }: PublishedCrl): string {
  return `number ${number}, ${entries} revoked, the next by ${formatTime(nextUpdateMs)}`;
}

/** What a line tells of a revocation; undefined where it tells of none. */
export function readRevoked({ detail }: EventNote): ToldRevocation | undefined {
  const [, name, since, held] = REVOKED.exec(detail ?? "") ?? [];
  const reason = REVOCATION_REASONS.find((one) => one === name);
  if (reason === undefined || since === undefined) return undefined;
  return { reason, since, wasHeld: held !== undefined };
}
