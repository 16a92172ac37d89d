import { count } from "./layout.ts";

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const NO_EXPIRY = "9999-12-31T23:59:59Z";

/** From when until when, and how long that is; both moments in RFC 3339. */
export function validityText(notBefore: string, notAfter: string): string {
  if (notAfter === NO_EXPIRY) return `from ${notBefore.slice(0, 10)}, no expiry`;
  // Both ends belong to it (RFC 5280, 4.1.2.5).
  const lengthMs = Date.parse(notAfter) - Date.parse(notBefore) + SECOND_MS;
  if (lengthMs < 2 * DAY_MS) return `${notBefore} to ${notAfter} (${lengthText(lengthMs)})`;
  return `${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)} (${lengthText(lengthMs)})`;
}

/** How much of a validity is left at `atMs`, milliseconds since 1970: `3,650 days left`, `expired 2 days ago`. */
export function timeLeft(notBefore: string, notAfter: string, atMs: number): string {
  const begins = Date.parse(notBefore);
  const ends = Date.parse(notAfter);
  if (atMs < begins) return `not valid yet, begins in ${lengthText(begins - atMs)}`;
  if (atMs > ends) return `expired ${lengthText(atMs - ends)} ago`;
  return notAfter === NO_EXPIRY ? "no expiry" : `${lengthText(ends - atMs)} left`;
}

/** A length of time in the largest unit that says enough of it. */
export function lengthText(lengthMs: number): string {
  if (lengthMs >= 2 * DAY_MS) return count(Math.floor(lengthMs / DAY_MS), "day");
  if (lengthMs >= HOUR_MS) return count(Math.floor(lengthMs / HOUR_MS), "hour");
  return count(Math.max(0, Math.floor(lengthMs / 60_000)), "minute");
}
