import { SamicertsError } from "../base/errors.ts";
import { oidFromContent } from "./oid.ts";
import { TAG, tagName } from "./tag.ts";

export { TAG } from "./tag.ts";

/** The deepest nesting accepted; certificates need about ten. */
export const MAX_DEPTH = 32;
/** The largest structure accepted, in octets. */
export const MAX_SIZE: number = 64 * 1024 * 1024;

/** The error for octets that are not the strict DER they should be; `offset` counts from the start of the input. */
export function derError(problem: string, what: string, offset: number, message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: `der.${problem}`,
    message: `${what} at byte ${offset}: ${message}`,
    hint: "the data is damaged, or its maker does not write DER; obtain it again or have it issued",
  });
}

/** A bit string: its octets, and how many bits of the last one are unused. */
export interface BitString {
  readonly unusedBits: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads strict DER (X.690, 8 and 10): definite minimal lengths, bounded depth and size, canonical values.
 * A reader stands in a window of the input; every method takes `what`, the name its error will use,
 * and throws `der.*` where the octets are not what they should be.
 */
export class DerReader {
  readonly bytes: Uint8Array;
  /** The first octet of the content this reader walks through. */
  readonly start: number;
  readonly stop: number;
  readonly depth: number;
  private at: number;
  private contentAt = 0;

  constructor(bytes: Uint8Array, start = 0, stop: number = bytes.length, depth = 0) {
    this.bytes = bytes;
    this.start = start;
    this.stop = stop;
    this.depth = depth;
    this.at = start;
  }

  get done(): boolean {
    return this.at >= this.stop;
  }

  /** Where the next element begins. */
  get offset(): number {
    return this.at;
  }

  /** The next element's tag, or -1 at the end. */
  peek(): number {
    return this.at < this.stop ? (this.bytes[this.at] as number) : -1;
  }

  /** Steps over the next octets where they are `element`, a whole element; gives whether they were. */
  stepOver(element: Uint8Array): boolean {
    const begin = this.at;
    const length = element.length;
    if (begin + length > this.stop) return false;
    const bytes = this.bytes;
    for (let i = 0; i < length; i++) if (bytes[begin + i] !== element[i]) return false;
    this.at = begin + length;
    return true;
  }

  /** Refuses anything that is left over. */
  end(what: string): void {
    if (this.at < this.stop)
      throw derError("trailing", what, this.at, `${this.stop - this.at} bytes follow its end`);
  }

  /** Steps over one element of `tag`; afterwards `content` is its content's window. Gives where its content starts. */
  private take(tag: number, what: string): number {
    const begin = this.at;
    const bytes = this.bytes;
    if (begin >= this.stop) throw derError("truncated", what, begin, "it is missing");
    const found = bytes[begin] as number;
    if (found !== tag)
      throw derError("tag", what, begin, `expected ${tagName(tag)}, found ${tagName(found)}`);
    this.header(what);
    return this.contentAt;
  }

  /** Reads a header at `at`; sets `contentAt`, and `at` to the element's end. */
  private header(what: string): void {
    const begin = this.at;
    const bytes = this.bytes;
    const stop = this.stop;
    if (((bytes[begin] as number) & 0x1f) === 0x1f)
      throw derError("tag", what, begin, "the high-tag-number form is not used in certificates");
    if (begin + 1 >= stop) throw derError("truncated", what, begin, "the length is missing");
    let length = bytes[begin + 1] as number;
    let at = begin + 2;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0) throw derError("length", what, begin, "indefinite lengths are BER, not DER");
      if (octets > 4) throw derError("length", what, begin, `a length of ${octets} octets is out of bounds`);
      if (at + octets > stop) throw derError("truncated", what, begin, "the length runs past the end");
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + (bytes[at + i] as number);
      if (length < 0x80 || (octets > 1 && bytes[at] === 0))
        throw derError("length", what, begin, `the length ${length} is not written in its shortest form`);
      at += octets;
    }
    if (at + length > stop)
      throw derError("truncated", what, begin, `it needs ${length} bytes, ${stop - at} are left`);
    this.contentAt = at;
    this.at = at + length;
  }

  private inner(start: number, what: string): DerReader {
    if (this.depth >= MAX_DEPTH) throw derError("depth", what, start, `nested deeper than ${MAX_DEPTH}`);
    return new DerReader(this.bytes, start, this.at, this.depth + 1);
  }

  /** Enters a constructed element of `tag`. */
  enter(tag: number, what: string): DerReader {
    return this.inner(this.take(tag, what), what);
  }

  /** Enters a constructed element of `tag` where it is next. */
  enterOptional(tag: number, what: string): DerReader | undefined {
    return this.peek() === tag ? this.enter(tag, what) : undefined;
  }

  sequence(what: string): DerReader {
    return this.enter(TAG.sequence, what);
  }

  /** Enters a SET OF and refuses elements out of order or repeated (X.690, 11.6). */
  setOf(what: string, tag: number = TAG.set): DerReader {
    const set = this.enter(tag, what);
    let previous: Uint8Array | undefined;
    const walk = new DerReader(set.bytes, set.start, set.stop, set.depth);
    while (!walk.done) {
      const element = walk.element(what);
      if (previous !== undefined && compareBytes(previous, element) >= 0)
        throw derError(
          "set-order",
          what,
          walk.offset - element.length,
          "a SET OF is sorted by its encodings",
        );
      previous = element;
    }
    return set;
  }

  /** The next element whole, tag and length included; whatever it is, its own header is checked. */
  element(what: string): Uint8Array {
    const begin = this.at;
    if (begin >= this.stop) throw derError("truncated", what, begin, "it is missing");
    this.header(what);
    return this.bytes.subarray(begin, this.at);
  }

  /** The content of a primitive element of `tag`. */
  content(tag: number, what: string): Uint8Array {
    const start = this.take(tag, what);
    return this.bytes.subarray(start, this.at);
  }

  octetString(what: string): Uint8Array {
    return this.content(TAG.octetString, what);
  }

  /** Enters the DER inside an OCTET STRING. */
  wrapped(what: string): DerReader {
    return this.enter(TAG.octetString, what);
  }

  null(what: string): void {
    if (this.content(TAG.null, what).length !== 0) throw derError("null", what, this.at, "a NULL is empty");
  }

  /** TRUE is 0xFF, FALSE is 0x00, nothing else (X.690, 11.1). */
  boolean(what: string, tag: number = TAG.boolean): boolean {
    const start = this.take(tag, what);
    const value = this.bytes[start];
    if (this.at - start !== 1 || (value !== 0 && value !== 0xff))
      throw derError("boolean", what, start, "a BOOLEAN is one octet, 00 or FF");
    return value === 0xff;
  }

  /** A minimal two's complement integer's octets (X.690, 8.3.2). */
  integer(what: string, tag: number = TAG.integer): Uint8Array {
    const start = this.take(tag, what);
    const bytes = this.bytes;
    const length = this.at - start;
    if (length === 0) throw derError("integer", what, start, "an INTEGER has at least one octet");
    if (length > 1) {
      const first = bytes[start] as number;
      const second = bytes[start + 1] as number;
      if ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
        throw derError("integer", what, start, "the INTEGER is not written in its shortest form");
    }
    return bytes.subarray(start, this.at);
  }

  /** An integer from 0 to 2^31-1. */
  smallInteger(what: string, tag: number = TAG.integer): number {
    const start = this.at;
    const octets = this.integer(what, tag);
    if ((octets[0] as number) >= 0x80 || octets.length > 4)
      throw derError("integer", what, start, "the INTEGER is negative or too large here");
    let value = 0;
    for (const octet of octets) value = value * 256 + octet;
    return value;
  }

  /** A bit string with its unused bits zero (X.690, 11.2.1). */
  bitString(what: string, tag: number = TAG.bitString): BitString {
    const start = this.take(tag, what);
    const bytes = this.bytes;
    const length = this.at - start;
    const unusedBits = bytes[start] as number;
    if (length === 0) throw derError("bit-string", what, start, "a BIT STRING has at least one octet");
    if (unusedBits > 7 || (length === 1 && unusedBits !== 0))
      throw derError("bit-string", what, start, `${unusedBits} unused bits are not possible`);
    if (unusedBits > 0 && ((bytes[this.at - 1] as number) & ((1 << unusedBits) - 1)) !== 0)
      throw derError("bit-string", what, start, "the unused bits are not zero");
    return { unusedBits, bytes: bytes.subarray(start + 1, this.at) };
  }

  /** A bit string of whole octets, as keys and signatures are. */
  octetsInBits(what: string): Uint8Array {
    const start = this.at;
    const bits = this.bitString(what);
    if (bits.unusedBits !== 0)
      throw derError("bit-string", what, start, "it is not a whole number of octets");
    return bits.bytes;
  }

  /** An object identifier in dotted decimals. */
  oid(what: string, tag: number = TAG.oid): string {
    const start = this.take(tag, what);
    const dotted = oidFromContent(this.bytes, start, this.at);
    if (dotted === undefined) throw derError("oid", what, start, "the OBJECT IDENTIFIER is malformed");
    return dotted;
  }
}

/** Opens `bytes` as one element with nothing after it, and enters it as a SEQUENCE. */
export function readSequence(bytes: Uint8Array, what: string): DerReader {
  if (bytes.length > MAX_SIZE)
    throw derError("size", what, 0, `${bytes.length} bytes are more than the ${MAX_SIZE} accepted`);
  const outer = new DerReader(bytes);
  const sequence = outer.sequence(what);
  outer.end(what);
  return sequence;
}

/** Orders octet strings as DER orders a SET OF: by octets, the shorter first where one begins the other. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Tells whether two octet strings are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}
