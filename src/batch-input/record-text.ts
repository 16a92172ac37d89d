import type { SamicertsError } from "../base/errors.ts";
import { trimBlanks } from "./csv-quotes.ts";
import { inputError, MAX_RECORD } from "./input-error.ts";

/** The error for a record whose octets are not UTF-8, without the place in front. */
export function notUtf8(): SamicertsError {
  return inputError("not-utf8", "the record is not UTF-8", "save the file as UTF-8");
}

/** The error for a record that is longer than one may be, without the place in front. */
export function recordTooLong(): SamicertsError {
  return inputError(
    "record-too-long",
    `the record is longer than the ${MAX_RECORD} octets that one may have`,
    "check the quotes and line ends around it; it is not copied to --rejects",
  );
}

/** Tells whether a record is not longer than one may be. */
export function isShort(record: string): boolean {
  // No character takes more than three octets a UTF-16 unit.
  return record.length * 3 <= MAX_RECORD || Buffer.byteLength(record) <= MAX_RECORD;
}

/** Takes the CR of a CRLF off a line's end. */
export function withoutCr(line: string): string {
  return line.charCodeAt(line.length - 1) === 0x0d ? line.slice(0, -1) : line;
}

/** The same of octets. */
export function bytesWithoutCr(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
}

/** Tells whether a line has nothing but spaces and tabs. */
export function isBlankLine(line: string): boolean {
  const first = line.charCodeAt(0);
  return line === "" || ((first === 0x20 || first === 0x09) && trimBlanks(line) === "");
}
