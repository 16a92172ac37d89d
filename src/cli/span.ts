import type { ValidityRequest } from "../policy/draft-validity.ts";
import { parseTime } from "../x509/time.ts";
import type { Flags } from "./flag-values.ts";
import { FLAG } from "./flags.ts";
import { usageError } from "./usage.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** More than this many of any unit reaches past the year 9999. */
const MOST_DIGITS = 8;

/**
 * Reads `--days`, `--validity`, `--not-before` and `--not-after`; years are those of the calendar, counted from
 * `--not-before`, else from `nowMs`. Gives undefined where none of them was given; throws `usage.*`, `time.invalid`.
 */
export function readValidity(flags: Flags, nowMs: number): ValidityRequest | undefined {
  const days = flags.text(FLAG.days);
  const span = flags.text(FLAG.validity);
  const before = flags.text(FLAG.notBefore);
  const after = flags.text(FLAG.notAfter);
  const lengths = [
    ["--days", days],
    ["--validity", span],
    ["--not-after", after],
  ].filter(([, value]) => value !== undefined);
  if (lengths.length > 1) {
    const names = lengths.map(([name]) => name).join(" and ");
    throw usageError("conflict", `${names} can't be given together`, `keep one of ${names}`);
  }
  if (lengths.length === 0 && before === undefined) return undefined;
  const notBeforeMs = before === undefined ? undefined : parseTime(before);
  const lengthMs =
    days !== undefined
      ? readDays(days)
      : span !== undefined
        ? readSpan(span, notBeforeMs ?? nowMs)
        : undefined;
  return {
    ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
    ...(after === undefined ? {} : { notAfterMs: parseTime(after) }),
    ...(lengthMs === undefined ? {} : { lengthMs }),
  };
}

/** Reads a whole number of days, at least 1, into milliseconds; throws `usage.days`. */
export function readDays(text: string): number {
  const days = wholeNumber(text);
  if (days !== undefined) return days * DAY_MS;
  throw usageError(
    "days",
    `"${text}" is not a number of days`,
    "write a whole number from 1 on, as in --days 3650",
  );
}

/** Reads `10y`, `90d` or `2160h` into milliseconds, years counted from `fromMs`; throws `usage.validity`. */
export function readSpan(text: string, fromMs: number): number {
  const amount = wholeNumber(text.slice(0, -1));
  const unit = text.slice(-1);
  if (amount !== undefined && unit === "d") return amount * DAY_MS;
  if (amount !== undefined && unit === "h") return amount * HOUR_MS;
  if (amount !== undefined && unit === "y") {
    const end = new Date(fromMs);
    end.setUTCFullYear(end.getUTCFullYear() + amount);
    // Past what a date can hold; the length is then refused as too long, like any other.
    return Number.isNaN(end.getTime()) ? amount * 365 * DAY_MS : end.getTime() - fromMs;
  }
  throw usageError(
    "validity",
    `"${text}" is not a length of time`,
    "write years, days or hours, such as 10y, 90d or 2160h",
  );
}

function wholeNumber(text: string): number | undefined {
  return /^[1-9][0-9]*$/.test(text) && text.length <= MOST_DIGITS ? Number(text) : undefined;
}
