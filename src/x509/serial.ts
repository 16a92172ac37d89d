import { SamicertsError } from "../base/errors.ts";

/** A serial number in the forms that people and files use. */
export interface SerialText {
  /** As files and the ledger carry it. */
  readonly decimal: string;
  /** With `0x`, lower case, no zero in front. */
  readonly hex: string;
  /** The last four digits of the decimal form, fewer where it has fewer: what the device's owner types. */
  readonly lastFour: string;
}

/** The most octets of a serial number (RFC 5280, 4.1.2.2). */
export const MAX_SERIAL_OCTETS = 20;

/** The least number whose INTEGER needs more octets, its sign bit counted. */
const LIMIT = 1n << BigInt(MAX_SERIAL_OCTETS * 8 - 1);
/** No number below the limit has more digits than this, in either base. */
const MOST_DIGITS = 48;
const SHOWN = 60;

/**
 * Reads a serial number as typed: decimal, or hexadecimal with `0x`. Zeros in front don't count: `0100` is 100.
 * Throws `serial.empty`, `serial.invalid`, `serial.hex-without-prefix`, `serial.zero`, `serial.negative`, and
 * `serial.too-long` over 20 octets (RFC 5280, 4.1.2.2).
 */
export function parseSerial(text: string): bigint {
  if (text === "") throw serialError("empty", "the serial is empty", EXAMPLES);
  const shown = JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);
  if (/^[-−](?:0[xX])?[0-9a-fA-F]+$/.test(text))
    throw serialError("negative", `the serial ${shown} is negative`, "give a positive number");
  const hex = /^0[xX]([0-9a-fA-F]+)$/.exec(text);
  if (hex === null && !/^[0-9]+$/.test(text)) throw notANumber(text, shown);
  const digits = (hex?.[1] ?? text).replace(/^0+/, "");
  if (digits === "")
    throw serialError("zero", `the serial ${shown} is zero`, "give a positive number (RFC 5280, 4.1.2.2)");
  // Very long texts are refused by their length: to make numbers of them takes long.
  const value = digits.length > MOST_DIGITS ? LIMIT : BigInt(hex === null ? digits : `0x${digits}`);
  if (value >= LIMIT)
    throw serialError(
      "too-long",
      `the serial ${shown} is longer than ${MAX_SERIAL_OCTETS} octets`,
      `give a number below 2^${MAX_SERIAL_OCTETS * 8 - 1} (RFC 5280, 4.1.2.2)`,
    );
  return value;
}

const EXAMPLES = "give digits, such as 100000001, or hexadecimal with 0x, such as 0x5f5e101";

function notANumber(text: string, shown: string): SamicertsError {
  if (/^[0-9a-fA-F]+$/.test(text))
    return serialError(
      "hex-without-prefix",
      `the serial ${shown} has letters in it, so it is not decimal`,
      text.length > SHOWN ? EXAMPLES : `if it is hexadecimal, write 0x${text}`,
    );
  const bare = text.length > SHOWN ? "" : text.replace(/^0[xX]/, "").replace(/[:\s_-]/g, "");
  let hint = EXAMPLES;
  if (/^[0-9]+[.,][0-9]+[eE]\+[0-9]+$/.test(text))
    hint = "a spreadsheet has shortened it: format that column as text and fill in the digits again";
  else if (/^[0-9]+$/.test(bare) && !text.includes(":") && !/^0[xX]/.test(text)) hint = `write ${bare}`;
  else if (/^[0-9a-fA-F]+$/.test(bare)) hint = `if it is hexadecimal, write 0x${bare}`;
  return serialError("invalid", `${shown} is not a serial number`, hint);
}

function serialError(problem: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "input", code: `serial.${problem}`, message, hint });
}

/**
 * Writes a serial number, or an INTEGER's content octets, in its forms. Zero, and negative ones with their sign, are
 * written too: strangers' certificates have them.
 */
export function formatSerial(serial: bigint | Uint8Array): SerialText {
  const value = typeof serial === "bigint" ? serial : serialValue(serial);
  const decimal = value.toString();
  const hex = value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
  return { decimal, hex, lastFour: decimal.replace("-", "").slice(-4) };
}

/** A serial number's octets, unsigned, big-endian, none in front that is zero; throws RangeError below zero. */
export function serialOctets(value: bigint): Uint8Array {
  if (value < 0n) throw new RangeError(`${value} has no unsigned octets`);
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, "hex");
}

/** The number that an INTEGER's content octets stand for, in two's complement (X.690, 8.3). */
export function serialValue(octets: Uint8Array): bigint {
  if (octets.length === 0) throw new RangeError("an INTEGER has at least one octet");
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  if (octets.length <= 6) return BigInt(bytes.readIntBE(0, octets.length));
  const value = BigInt(`0x${bytes.toString("hex")}`);
  return (octets[0] as number) >= 0x80 ? value - (1n << BigInt(octets.length * 8)) : value;
}
