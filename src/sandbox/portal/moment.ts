const SECOND_MS = 1000;
const DAY_MS = 24 * 3_600_000;
const DAYS_OF_MONTH = 30.44;
const DAYS_OF_YEAR = 365.25;
/** Longer spans are told in months, and those in years. */
const MOST_DAYS = 90;
const MOST_MONTHS = 24;

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

/** How far away a moment is: `in about 10 years`, `3 days ago`, `in less than a day`. */
export function distanceText(ms: number, nowMs: number): string {
  const days = Math.abs(ms - nowMs) / DAY_MS;
  const words =
    days < 1
      ? "less than a day"
      : days < MOST_DAYS
        ? countText(Math.floor(days), "day")
        : days < MOST_MONTHS * DAYS_OF_MONTH
          ? `about ${countText(Math.round(days / DAYS_OF_MONTH), "month")}`
          : `about ${countText(Math.round(days / DAYS_OF_YEAR), "year")}`;
  return ms < nowMs ? `${words} ago` : `in ${words}`;
}

function countText(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** RFC 3339, UTC, to the second; what `<time>` has for programs. */
export function machineTime(ms: number): string {
  return `${new Date(ms - (ms % SECOND_MS)).toISOString().slice(0, 19)}Z`;
}
