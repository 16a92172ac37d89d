const SECOND_MS = 1000;
const DAY_MS = 24 * 3_600_000;
const DAYS_OF_MONTH = 30.44;
const DAYS_OF_YEAR = 365.25;

const DATE = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "numeric",
  month: "short",
  year: "numeric",
});

/** A day as people write it, UTC: `5 Jan 2026`. */
export function dayText(ms: number): string {
  return DATE.format(ms);
}

/** The time of day, UTC: `12:00:05`. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** How far away a moment is: `in 9 years`, `3 days ago`, `today`. */
export function distanceText(ms: number, nowMs: number): string {
  const days = Math.abs(ms - nowMs) / DAY_MS;
  if (days < 1) return ms < nowMs ? "less than a day ago" : "in less than a day";
  const [count, unit] =
    days < 90
      ? [days, "day"]
      : days < 2 * DAYS_OF_YEAR
        ? [days / DAYS_OF_MONTH, "month"]
        : [days / DAYS_OF_YEAR, "year"];
  const whole = Math.floor(count);
  const words = `${whole} ${unit}${whole === 1 ? "" : "s"}`;
  return ms < nowMs ? `${words} ago` : `in ${words}`;
}

/** RFC 3339, UTC, to the second; what `<time>` has for programs. */
export function machineTime(ms: number): string {
  return `${new Date(ms - (ms % SECOND_MS)).toISOString().slice(0, 19)}Z`;
}
