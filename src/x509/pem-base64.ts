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
 * padding is required, and the bits left over are zero. What it stands for is put into `memory` where that is given,
 * which has three octets for each four of the text, begun ones too.
 */
export function decodeBase64(text: Uint8Array, start: number, stop: number, memory?: Buffer): Base64Result {
  const octets = memory ?? Buffer.allocUnsafe(Math.ceil((stop - start) / 4) * 3);
  let length = 0;
  let count = 0;
  let padding = 0;
  let bits = 0;
  for (let at = start; at < stop; at++) {
    const kind = KINDS[text[at] as number] as number;
    if (kind < PADDING) {
      if (padding > 0) return { badAt: at };
      bits = (bits << 6) | kind;
      if ((++count & 3) !== 0) continue;
      octets[length++] = bits >> 16;
      octets[length++] = bits >> 8;
      octets[length++] = bits;
      // What follows is whole groups of digits, nearly always.
      while (at + 4 < stop) {
        const first = KINDS[text[at + 1] as number] as number;
        const second = KINDS[text[at + 2] as number] as number;
        const third = KINDS[text[at + 3] as number] as number;
        const fourth = KINDS[text[at + 4] as number] as number;
        if ((first | second | third | fourth) >= PADDING) break;
        bits = (first << 18) | (second << 12) | (third << 6) | fourth;
        octets[length++] = bits >> 16;
        octets[length++] = bits >> 8;
        octets[length++] = bits;
        at += 4;
      }
    } else if (kind === PADDING) {
      if (++padding > 2) return { badAt: at };
    } else if (kind === OTHER) return { badAt: at };
  }
  const leftOver = padding === 1 ? 0b11 : padding === 2 ? 0b1111 : 0;
  if ((count + padding) % 4 !== 0 || count < padding || (bits & leftOver) !== 0) return { badEnd: true };
  if (padding === 1) octets[length++] = bits >> 10;
  if (padding > 0) octets[length++] = padding === 1 ? bits >> 2 : bits >> 4;
  return { bytes: octets.subarray(0, length) };
}
