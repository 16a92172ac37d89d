import { SamicertsError } from "../base/errors.ts";
import { type DerReader, derError, TAG } from "./der-reader.ts";

/** A moment as a certificate writes it: when, and in which of the two forms. */
export interface Time {
  /** Milliseconds since 1970-01-01T00:00:00Z; whole seconds. */
  readonly epochMs: number;
  readonly form: "utc" | "generalized";
}

/** 9999-12-31T23:59:59Z: "no well-defined expiration date" (RFC 5280, 4.1.2.5). */
export const NO_EXPIRY_MS: number = Date.UTC(9999, 11, 31, 23, 59, 59);
/** The first moment that takes a GeneralizedTime (RFC 5280, 4.1.2.5). */
export const GENERALIZED_FROM_MS: number = Date.UTC(2050, 0, 1);

/** Reads a Time: UTCTime or GeneralizedTime, Zulu, with seconds and no fraction (RFC 5280, 4.1.2.5); throws `der.time`. */
export function readTime(reader: DerReader, what: string): Time {
  const tag = reader.peek();
  const offset = reader.offset;
  if (tag !== TAG.utcTime && tag !== TAG.generalizedTime)
    throw derError("time", what, offset, "expected UTCTime or GeneralizedTime");
  const content = reader.content(tag, what);
  const yearDigits = tag === TAG.utcTime ? 2 : 4;
  if (content.length !== yearDigits + 11 || content[content.length - 1] !== 0x5a) {
    const text = Buffer.from(content).toString("latin1").slice(0, 40);
    const form = tag === TAG.utcTime ? "YYMMDDHHMMSSZ" : "YYYYMMDDHHMMSSZ";
    throw derError("time", what, offset, `${JSON.stringify(text)} is not of the form ${form}`);
  }
  for (let i = 0; i < content.length - 1; i++) {
    const octet = content[i] as number;
    if (octet < 0x30 || octet > 0x39) throw derError("time", what, offset, "a time is written in digits");
  }
  const two = (at: number): number =>
    ((content[at] as number) - 0x30) * 10 + (content[at + 1] as number) - 0x30;
  let year = two(0);
  if (yearDigits === 4) year = year * 100 + two(2);
  else year += year >= 50 ? 1900 : 2000;
  const epochMs = civilToEpoch(
    year,
    two(yearDigits),
    two(yearDigits + 2),
    two(yearDigits + 4),
    two(yearDigits + 6),
    two(yearDigits + 8),
  );
  if (epochMs === undefined) throw derError("time", what, offset, "there is no such date and time");
  return { epochMs, form: tag === TAG.utcTime ? "utc" : "generalized" };
}

function civilToEpoch(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (
    day >
    (month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31)
  )
    return undefined;
  if (year >= 100) return Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Writes a moment as RFC 5280 wants it: UTCTime through 2049, GeneralizedTime from 2050 and before 1950. */
export function encodeTime(epochMs: number): Uint8Array {
  const moment = new Date(epochMs);
  const year = moment.getUTCFullYear();
  return encodeMoment(moment, year >= 1950 && year < 2050);
}

/** Writes a moment as a GeneralizedTime, whatever the year: what dates in extensions of CRLs and in OCSP are. */
export function encodeGeneralizedTime(epochMs: number): Uint8Array {
  return encodeMoment(new Date(epochMs), false);
}

function encodeMoment(moment: Date, short: boolean): Uint8Array {
  const year = moment.getUTCFullYear();
  const out = new Uint8Array(short ? 15 : 17);
  out[0] = short ? TAG.utcTime : TAG.generalizedTime;
  out[1] = out.length - 2;
  let at = 2;
  const two = (value: number): void => {
    out[at++] = 0x30 + Math.floor(value / 10);
    out[at++] = 0x30 + (value % 10);
  };
  if (!short) two(Math.floor(year / 100));
  two(year % 100);
  two(moment.getUTCMonth() + 1);
  two(moment.getUTCDate());
  two(moment.getUTCHours());
  two(moment.getUTCMinutes());
  two(moment.getUTCSeconds());
  out[at] = 0x5a;
  return out;
}

/** A moment in RFC 3339, seconds and Zulu: `2026-11-23T08:00:00Z`. */
export function formatTime(epochMs: number): string {
  const moment = new Date(epochMs);
  const year = moment.getUTCFullYear();
  // What Date itself writes asks for the machine's time zone first, which takes the process a millisecond.
  if (!(year >= 0 && year <= 9999)) return moment.toISOString().replace(/\.\d+Z$/, "Z");
  const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
  const date = `${String(year).padStart(4, "0")}-${two(moment.getUTCMonth() + 1)}-${two(moment.getUTCDate())}`;
  return `${date}T${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}:${two(moment.getUTCSeconds())}Z`;
}

/**
 * Reads a moment in RFC 3339, or a bare date, which stands for its first second in UTC.
 * Gives whole seconds in milliseconds; throws `time.invalid`.
 */
export function parseTime(text: string): number {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?([Zz]|([+-])(\d\d):(\d\d)))?$/.exec(text);
  if (match !== null) {
    const part = (index: number): number => Number(match[index] ?? 0);
    const epochMs = civilToEpoch(part(1), part(2), part(3), part(4), part(5), part(6));
    const offset = part(9) * 60 + part(10);
    if (epochMs !== undefined && part(9) < 24 && part(10) < 60) {
      const shifted = epochMs - (match[8] === "-" ? -offset : offset) * 60_000;
      if (shifted >= -62_167_219_200_000 && shifted <= NO_EXPIRY_MS) return shifted;
    }
  }
  throw new SamicertsError({
    kind: "input",
    code: "time.invalid",
    message: `${JSON.stringify(text.slice(0, 60))} is not a moment`,
    hint: "write RFC 3339, such as 2026-11-23T08:00:00Z, or a date, such as 2026-11-23",
  });
}
