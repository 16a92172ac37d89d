/** What an octet is in base64 text: a digit from 0 to 63, or one of these. */
const PADDING = 64;
const SPACE = 65;
const OTHER = 66;

const KINDS: Uint8Array = new Uint8Array(256).fill(OTHER);
for (const [digit, character] of Array.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
).entries())
  KINDS[character.charCodeAt(0)] = digit;
for (const character of " \t\r\n") KINDS[character.charCodeAt(0)] = SPACE;
KINDS["=".charCodeAt(0)] = PADDING;

/** What base64 text stands for, or where and how it is wrong. */
export type Base64Result =
  | { readonly bytes: Buffer }
  /** A character that can't be there: not of base64, or after the padding. */
  | { readonly badAt: number }
  /** The text is cut off, padded wrongly, or its last digit has bits that no octet takes. */
  | { readonly badEnd: true };

/**
 * Decodes base64 between two offsets strictly (RFC 4648, 3.5 and 4): white space between the digits is passed over,
 * padding is required, and the bits left over are zero.
 */
export function decodeBase64(text: Buffer, start: number, stop: number): Base64Result {
  const digits = Buffer.allocUnsafe(stop - start);
  let count = 0;
  let padding = 0;
  let last = 0;
  for (let at = start; at < stop; at++) {
    const octet = text[at] as number;
    const kind = KINDS[octet] as number;
    if (kind < PADDING) {
      if (padding > 0) return { badAt: at };
      digits[count++] = octet;
      last = kind;
    } else if (kind === PADDING) {
      if (++padding > 2) return { badAt: at };
    } else if (kind === OTHER) return { badAt: at };
  }
  const leftOver = padding === 1 ? 0b11 : padding === 2 ? 0b1111 : 0;
  if ((count + padding) % 4 !== 0 || count < padding || (last & leftOver) !== 0) return { badEnd: true };
  return { bytes: Buffer.from(digits.toString("latin1", 0, count), "base64") };
}
