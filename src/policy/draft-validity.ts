import { SamicertsError } from "../base/errors.ts";
import type { Certificate } from "../x509/certificate.ts";
import { formatTime, NO_EXPIRY_MS } from "../x509/time.ts";
import type { IssueDefaults } from "./policy.ts";

/** How long a certificate is to be valid, as far as somebody has said so. */
export interface ValidityRequest {
  /** Milliseconds since 1970. */
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** Milliseconds from notBefore on; not together with `notAfterMs`. */
  readonly lengthMs?: number;
}

/** A validity that is settled, in milliseconds since 1970. */
export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const DAY_MS = 86_400_000;

/**
 * Settles notBefore and notAfter from what was asked, the policy's defaults and the issuer.
 * notBefore is set back by the policy's allowance, but no further than the issuer's own; both ends count
 * (RFC 5280, 4.1.2.5), so notAfter is one second short of the length. A request is never clipped.
 * Throws `validity.order` and `validity.outside-issuer`.
 */
export function settleValidity(
  request: ValidityRequest,
  defaults: IssueDefaults,
  issuer: Certificate | undefined,
  nowMs: number,
): Validity {
  const now = Math.floor(nowMs / 1000) * 1000;
  const backdated = now - defaults.backdateSeconds * 1000;
  const notBeforeMs =
    request.notBeforeMs ?? Math.max(backdated, Math.min(now, issuer?.notBefore.epochMs ?? backdated));
  const notAfterMs = request.notAfterMs ?? end(request, defaults, notBeforeMs);
  if (notAfterMs <= notBeforeMs)
    throw new SamicertsError({
      kind: "input",
      code: "validity.order",
      message: `notAfter ${formatTime(notAfterMs)} is not later than notBefore ${formatTime(notBeforeMs)}`,
      hint: "give a later --not-after, or a longer --days",
    });
  if (issuer !== undefined) checkWithin(notBeforeMs, notAfterMs, issuer);
  return { notBeforeMs, notAfterMs };
}

function end(request: ValidityRequest, defaults: IssueDefaults, notBeforeMs: number): number {
  const noExpiry = request.lengthMs === undefined && defaults.noExpiry === true;
  if (noExpiry) return NO_EXPIRY_MS;
  const lengthMs = request.lengthMs ?? (defaults.validityDays ?? 365) * DAY_MS;
  const notAfterMs = notBeforeMs + lengthMs - 1000;
  if (!(notAfterMs <= NO_EXPIRY_MS))
    throw new SamicertsError({
      kind: "input",
      code: "validity.too-long",
      message: `a validity of ${Math.floor(lengthMs / DAY_MS)} days ends after the year 9999`,
      hint: "give fewer days; --not-after 9999-12-31T23:59:59Z says that there is no expiry",
    });
  return notAfterMs;
}

function checkWithin(notBeforeMs: number, notAfterMs: number, issuer: Certificate): void {
  const { notBefore, notAfter } = issuer;
  if (notBeforeMs >= notBefore.epochMs && notAfterMs <= notAfter.epochMs) return;
  const days = Math.floor((notAfter.epochMs + 1000 - notBeforeMs) / DAY_MS);
  const late = notAfterMs > notAfter.epochMs;
  throw new SamicertsError({
    kind: "refused",
    code: "validity.outside-issuer",
    message: late
      ? `the certificate would be valid until ${formatTime(notAfterMs)}, its issuer only until ${formatTime(notAfter.epochMs)}`
      : `the certificate would be valid from ${formatTime(notBeforeMs)}, its issuer only from ${formatTime(notBefore.epochMs)}`,
    hint: late
      ? days >= 1
        ? `ask for less with --days ${days}, or make a new root`
        : "the issuer's time is over; make a new root"
      : `ask for a later start with --not-before ${formatTime(notBefore.epochMs)}`,
  });
}
