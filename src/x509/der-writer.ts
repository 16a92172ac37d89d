import { TAG } from "./der-reader.ts";
import { oidContent } from "./oid.ts";

/** One element: `tag`, the definite minimal length, and the parts one after the other (X.690, 10.1). */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = Buffer.allocUnsafe(elementSize(length));
  let at = writeHeader(out, 0, tag, length);
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The octets of an element whose content has `length` octets. */
export function elementSize(length: number): number {
  if (length < 0x80) return 2 + length;
  return length + (length < 0x100 ? 3 : length < 0x10000 ? 4 : length < 0x1000000 ? 5 : 6);
}

/** Writes a tag and a definite minimal length into `out` from `at` on (X.690, 10.1); gives where the content begins. */
export function writeHeader(out: Uint8Array, at: number, tag: number, length: number): number {
  const size = elementSize(length) - length;
  out[at] = tag;
  if (size === 2) out[at + 1] = length;
  else {
    out[at + 1] = 0x80 | (size - 2);
    for (let i = size - 1, rest = length; i > 1; i--, rest = Math.floor(rest / 256))
      out[at + i] = rest & 0xff;
  }
  return at + size;
}

/** A SEQUENCE of whole elements. */
export function encodeSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return encode(TAG.sequence, ...parts);
}

/** A SET OF in DER's order (X.690, 11.6). */
export function encodeSetOf(elements: readonly Uint8Array[]): Uint8Array {
  return encode(TAG.set, ...(elements.length > 1 ? [...elements].sort(Buffer.compare) : elements));
}

/** A BOOLEAN, TRUE as 0xFF (X.690, 11.1). */
export function encodeBoolean(value: boolean, tag: number = TAG.boolean): Uint8Array {
  return Uint8Array.of(tag, 1, value ? 0xff : 0);
}

/** A NULL. */
export function encodeNull(): Uint8Array {
  return Uint8Array.of(TAG.null, 0);
}

/** An INTEGER from unsigned big-endian octets, shortened to the minimal form (X.690, 8.3). */
export function encodeUnsigned(octets: Uint8Array, tag: number = TAG.integer): Uint8Array {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start++;
  const body = octets.subarray(start);
  if (body.length === 0) return Uint8Array.of(tag, 1, 0);
  return (body[0] as number) >= 0x80 ? encode(tag, Uint8Array.of(0), body) : encode(tag, body);
}

/** An INTEGER from 0 to 2^53-1. */
export function encodeSmallInteger(value: number, tag: number = TAG.integer): Uint8Array {
  const octets: number[] = [];
  let rest = value;
  do {
    octets.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  } while (rest > 0);
  return encodeUnsigned(Uint8Array.from(octets), tag);
}

/** An OCTET STRING of the parts one after the other. */
export function encodeOctetString(...parts: readonly Uint8Array[]): Uint8Array {
  return encode(TAG.octetString, ...parts);
}

/** A BIT STRING of whole octets, as keys and signatures are. */
export function encodeOctetsInBits(octets: Uint8Array): Uint8Array {
  return encode(TAG.bitString, NO_UNUSED_BITS, octets);
}

/** A BIT STRING of named bits, trailing zeros removed (X.690, 11.2.2); `bits` are the numbers of those set. */
export function encodeNamedBits(bits: readonly number[], tag: number = TAG.bitString): Uint8Array {
  if (bits.length === 0) return Uint8Array.of(tag, 1, 0);
  const last = Math.max(...bits);
  const octets = new Uint8Array(2 + (last >> 3));
  octets[0] = 7 - (last & 7);
  for (const bit of bits) octets[1 + (bit >> 3)] = (octets[1 + (bit >> 3)] as number) | (0x80 >> (bit & 7));
  return encode(tag, octets);
}

/** Throws `oid.invalid` where `dotted` is no object identifier. */
export function encodeOid(dotted: string): Uint8Array {
  return encode(TAG.oid, oidContent(dotted));
}

/** A string of the type `tag`; its characters must fit the type. */
export function encodeText(tag: number, text: string): Uint8Array {
  return encode(tag, Buffer.from(text, tag === TAG.utf8String ? "utf8" : "latin1"));
}

const NO_UNUSED_BITS: Uint8Array = Uint8Array.of(0);
