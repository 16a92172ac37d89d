import { SamicertsError } from "../base/errors.ts";

/** A serial number in the forms that people and files use. */
export interface SerialText {
  /** As files and the ledger carry it. */
  readonly decimal: string;
  /** With `0x`, lower case. */
  readonly hex: string;
  /** The last four digits of the decimal form, fewer where it has fewer: what the device's owner types. */
  readonly lastFour: string;
}

/** The most octets of a serial number (RFC 5280, 4.1.2.2). */
export const MAX_SERIAL_OCTETS = 20;

const LIMIT = 1n << BigInt(MAX_SERIAL_OCTETS * 8 - 1);

/**
 * Reads a serial number as typed: decimal, or hexadecimal with `0x`. Zeros in front don't count.
 * Throws `serial.invalid`, `serial.hex-without-prefix`, `serial.zero`, `serial.negative`,
 * `serial.too-long` over 20 octets (RFC 5280, 4.1.2.2).
 */
export function parseSerial(text: string): bigint {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
  if (/^[-−]\s*(?:0[xX])?[0-9a-fA-F]+$/.test(text))
    throw serialError("negative", `the serial ${shown} is negative`, "give a positive number");
  const hex = /^0[xX]([0-9a-fA-F]+)$/.exec(text);
  if (hex === null && !/^[0-9]+$/.test(text)) {
    if (/^[0-9a-fA-F]+$/.test(text))
      throw serialError(
        "hex-without-prefix",
        `the serial ${shown} has letters in it, so it is not decimal`,
        `if it is hexadecimal, write 0x${text.slice(0, 60)}`,
      );
    throw serialError(
      "invalid",
      text === "" ? "the serial is empty" : `${shown} is not a serial number`,
      "give digits, such as 100000001, or hexadecimal with 0x, such as 0x5f5e101",
    );
  }
  const digits = (hex?.[1] ?? text).replace(/^0+/, "");
  if (digits === "") throw serialError("zero", "a serial of 0 is not allowed", "give a positive number");
  // No number of this many digits fits, and turning very long ones into a number takes long.
  const value = digits.length > 48 ? LIMIT : BigInt(hex === null ? digits : `0x${digits}`);
  if (value >= LIMIT)
    throw serialError(
      "too-long",
      `the serial ${shown} is longer than ${MAX_SERIAL_OCTETS} octets`,
      `give a number below 2^${MAX_SERIAL_OCTETS * 8 - 1} (RFC 5280, 4.1.2.2)`,
    );
  return value;
}

function serialError(problem: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "input", code: `serial.${problem}`, message, hint });
}

/** Writes a serial number in its forms; a negative one, which only a stranger's certificate has, with its sign. */
export function formatSerial(value: bigint): SerialText {
  const decimal = value.toString();
  const hex = value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
  return { decimal, hex, lastFour: decimal.slice(-4) };
}

/** A positive serial number's octets, unsigned, big-endian, none in front that is zero. */
export function serialOctets(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, "hex");
}

/** The number that an INTEGER's content octets stand for, in two's complement (X.690, 8.3). */
export function serialValue(octets: Uint8Array): bigint {
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  if (octets.length <= 6) return BigInt(bytes.readIntBE(0, octets.length));
  const value = BigInt(`0x${bytes.toString("hex")}`);
  return (octets[0] as number) >= 0x80 ? value - (1n << BigInt(octets.length * 8)) : value;
}
