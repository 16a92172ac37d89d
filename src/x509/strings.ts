import { derError } from "./der-reader.ts";
import { TAG, tagName } from "./tag.ts";

/** What an ASCII character is fit for, one bit each. */
const PRINTABLE = 1;
const NUMERIC = 2;
const VISIBLE = 4;
const ASCII = 8;

/** For each octet the string types it may stand in (X.680, 41). */
const FITS: Uint8Array = new Uint8Array(256);
FITS.fill(ASCII, 0, 0x80);
FITS.fill(ASCII | VISIBLE, 0x20, 0x7f);
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
for (const character of `${LETTERS}0123456789 '()+,./:=?-`) allow(character, PRINTABLE);
for (const character of "0123456789 ") allow(character, NUMERIC);

function allow(character: string, fit: number): void {
  const octet = character.charCodeAt(0);
  FITS[octet] = (FITS[octet] as number) | fit;
}

/** The string types of one octet a character, each with the characters it takes. */
const NARROW: ReadonlyMap<number, number> = new Map([
  [TAG.printableString, PRINTABLE],
  [TAG.ia5String, ASCII],
  [TAG.numericString, NUMERIC],
  [TAG.visibleString, VISIBLE],
]);

/** Up to here building a string from its characters is quicker than a call into the engine. */
const SHORT = 6;

/** Tells whether `tag` is one of the eight string types that names are written in. */
export function isStringTag(tag: number): boolean {
  switch (tag) {
    case TAG.utf8String:
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.teletexString:
    case TAG.bmpString:
    case TAG.universalString:
    case TAG.numericString:
    case TAG.visibleString:
      return true;
    default:
      return false;
  }
}

/**
 * Reads the content of a string type between two offsets and checks its characters (X.680, 41; RFC 3629).
 * TeletexString is read as ISO 8859-1, which is what its writers mean by it.
 * Throws `der.string` at the octet that can't be, and RangeError for a tag that is no string type.
 */
export function readString(bytes: Buffer, start: number, stop: number, tag: number, what: string): string {
  if (tag === TAG.utf8String) {
    for (let at = start; at < stop; at++)
      if ((bytes[at] as number) > 0x7f) return readUtf8(bytes, start, stop, what);
    return readLatin1(bytes, start, stop);
  }
  const narrow = NARROW.get(tag);
  if (narrow !== undefined) {
    for (let at = start; at < stop; at++)
      if (((FITS[bytes[at] as number] as number) & narrow) === 0)
        throw derError("string", what, at, `a ${tagName(tag)} can't have the octet ${hexOctet(bytes[at])}`);
    return readLatin1(bytes, start, stop);
  }
  if (tag === TAG.teletexString) return readLatin1(bytes, start, stop);
  if (tag === TAG.bmpString) return readWide(bytes, start, stop, 2, what);
  if (tag === TAG.universalString) return readWide(bytes, start, stop, 4, what);
  throw new RangeError(`${tagName(tag)} is no string type`);
}

function readLatin1(bytes: Buffer, start: number, stop: number): string {
  if (stop - start > SHORT) return bytes.toString("latin1", start, stop);
  let text = "";
  for (let at = start; at < stop; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

let utf8: InstanceType<typeof TextDecoder> | undefined;

function readUtf8(bytes: Buffer, start: number, stop: number, what: string): string {
  try {
    // Made at the first name that is more than ASCII: a program's start has no use for it.
    utf8 ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return utf8.decode(bytes.subarray(start, stop));
  } catch {
    throw derError("string", what, start, "the octets of the UTF8String are not UTF-8");
  }
}

function readWide(bytes: Buffer, start: number, stop: number, width: 2 | 4, what: string): string {
  const type = width === 2 ? "BMPString" : "UniversalString";
  if ((stop - start) % width !== 0)
    throw derError("string", what, start, `a ${type} has ${width} octets a character`);
  const points: string[] = [];
  for (let at = start; at < stop; at += width) {
    const point = bytes.readUIntBE(at, width);
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
      throw derError("string", what, at, `a ${type} can't have the character ${formatCodePoint(point)}`);
    points.push(String.fromCodePoint(point));
  }
  return points.join("");
}

function hexOctet(octet: number | undefined): string {
  return (octet as number).toString(16).padStart(2, "0");
}

/** A code point as Unicode writes it: `U+00E9`. */
export function formatCodePoint(point: number): string {
  return `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
}

/**
 * Finds the first character of `text` that must not be written in the string type `tag`, as a code point; undefined
 * where there is none. Control characters are never written, whatever the type, nor is half of a surrogate pair.
 */
export function findMisfit(tag: number, text: string): number | undefined {
  const narrow = NARROW.get(tag) ?? ASCII;
  const highest = highestCharacter(tag);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      if (unit >= 0x20 && unit !== 0x7f && ((FITS[unit] as number) & narrow) !== 0) continue;
      return unit;
    }
    const point = text.codePointAt(at) as number;
    if (point < 0xa0 || point > highest || (point >= 0xd800 && point < 0xe000)) return point;
    if (point > 0xffff) at++;
  }
  return undefined;
}

function highestCharacter(tag: number): number {
  if (tag === TAG.utf8String || tag === TAG.universalString) return 0x10ffff;
  if (tag === TAG.bmpString) return 0xffff;
  return tag === TAG.teletexString ? 0xff : 0x7f;
}

/** The content octets of `text` in the string type `tag`; the text must fit, see `findMisfit`. */
export function stringContent(tag: number, text: string): Buffer {
  if (tag === TAG.bmpString) return Buffer.from(text, "utf16le").swap16();
  if (tag === TAG.universalString) {
    const points = Array.from(text, (character) => character.codePointAt(0) as number);
    const out = Buffer.alloc(points.length * 4);
    for (const [index, point] of points.entries()) out.writeUInt32BE(point, index * 4);
    return out;
  }
  return Buffer.from(text, tag === TAG.utf8String ? "utf8" : "latin1");
}

/**
 * Writes `text` into `out` from `at` on where it is ASCII that the string type `tag` has, an octet a character.
 * Gives false where it is not; `out` may then be written in part.
 */
export function writePlainString(tag: number, text: string, out: Uint8Array, at: number): boolean {
  const narrow = tag === TAG.utf8String ? ASCII : NARROW.get(tag);
  if (narrow === undefined) return false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit > 0x7e || ((FITS[unit] as number) & narrow) === 0) return false;
    out[at + index] = unit;
  }
  return true;
}
