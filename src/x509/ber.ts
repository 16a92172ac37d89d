import { derError, MAX_DEPTH } from "./der-reader.ts";
import { elementSize, writeHeader } from "./der-writer.ts";
import { TAG } from "./tag.ts";

const CONSTRUCTED = 0x20;
const HIGH_TAG_NUMBER = 0x1f;
const INDEFINITE = 0x80;

/**
 * Rewrites BER (X.690, 8) with definite, shortest lengths and whole octet strings, as DerReader wants it; what is DER
 * comes out as it is. What is in an octet string is left alone. `what` names it in errors; throws `der.*`.
 */
export function toDefiniteForm(bytes: Uint8Array, what: string): Uint8Array {
  const rewriter = new Rewriter(bytes, what);
  const size = rewriter.measure(bytes.length, 0, false);
  if (rewriter.at < bytes.length)
    throw derError("trailing", what, rewriter.at, `${bytes.length - rewriter.at} bytes follow its end`);
  return rewriter.write(size);
}

/** Goes over the elements twice, first to measure and then to write, so that nothing is held but the result. */
class Rewriter {
  at = 0;
  private readonly bytes: Uint8Array;
  private readonly what: string;
  /** What the content of each constructed element will take, in the order in which they begin. */
  private readonly contents: number[] = [];
  private next = 0;
  private out: Uint8Array = new Uint8Array(0);
  private outAt = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.what = what;
  }

  /** Gives what the element at `at` will take, `asSegment` without its header, and steps over it. */
  measure(stop: number, depth: number, asSegment: boolean): number {
    const begin = this.at;
    if (depth > MAX_DEPTH) throw this.error("depth", begin, `it is nested more than ${MAX_DEPTH} deep`);
    const { tag, length } = this.header(stop);
    const isString = (tag & ~CONSTRUCTED) === TAG.octetString;
    if (asSegment && !isString)
      throw this.error("tag", begin, "an octet string is made of something else than octet strings");
    let content: number;
    if ((tag & CONSTRUCTED) === 0) {
      if (length === undefined)
        throw this.error("length", begin, "only what is constructed may have an indefinite length");
      content = length;
      this.at += length;
    } else {
      const index = this.contents.push(0) - 1;
      content = 0;
      const end = length === undefined ? stop : this.at + length;
      while (!this.ended(end, length === undefined, begin)) content += this.measure(end, depth + 1, isString);
      this.contents[index] = content;
    }
    return asSegment ? content : elementSize(content);
  }

  /** Writes all anew, in so many octets. */
  write(size: number): Uint8Array {
    this.at = 0;
    this.out = new Uint8Array(size);
    this.writeElement(this.bytes.length, false);
    return this.out;
  }

  private writeElement(stop: number, asSegment: boolean): void {
    const begin = this.at;
    const { tag, length } = this.header(stop);
    const constructed = (tag & CONSTRUCTED) !== 0;
    const isString = (tag & ~CONSTRUCTED) === TAG.octetString;
    const content = constructed ? (this.contents[this.next++] as number) : (length as number);
    if (!asSegment) this.outAt = writeHeader(this.out, this.outAt, isString ? TAG.octetString : tag, content);
    if (!constructed) {
      this.out.set(this.bytes.subarray(this.at, this.at + content), this.outAt);
      this.at += content;
      this.outAt += content;
      return;
    }
    const end = length === undefined ? stop : this.at + length;
    while (!this.ended(end, length === undefined, begin)) this.writeElement(end, isString);
  }

  /** Whether a constructed element is over; steps over the octets that end one of indefinite length. */
  private ended(end: number, indefinite: boolean, begin: number): boolean {
    if (!indefinite) return this.at === end;
    if (this.at + 2 > end) throw this.error("truncated", begin, "its end is missing");
    if (this.bytes[this.at] !== 0 || this.bytes[this.at + 1] !== 0) return false;
    this.at += 2;
    return true;
  }

  /** Reads the header at `at` and steps over it; `length` is undefined where it is indefinite. */
  private header(stop: number): { readonly tag: number; readonly length: number | undefined } {
    const begin = this.at;
    if (begin + 2 > stop) throw this.error("truncated", begin, "the length is missing");
    const tag = this.bytes[begin] as number;
    if ((tag & HIGH_TAG_NUMBER) === HIGH_TAG_NUMBER)
      throw this.error("tag", begin, "the high-tag-number form is not used in such files");
    const first = this.bytes[begin + 1] as number;
    this.at = begin + 2;
    if (first === INDEFINITE) return { tag, length: undefined };
    const length = first < INDEFINITE ? first : this.longLength(first & 0x7f, stop, begin);
    if (this.at + length > stop)
      throw this.error("truncated", begin, `it needs ${length} bytes, ${stop - this.at} are left`);
    return { tag, length };
  }

  private longLength(octets: number, stop: number, begin: number): number {
    if (octets > 4) throw this.error("length", begin, `a length of ${octets} octets is out of bounds`);
    if (this.at + octets > stop) throw this.error("truncated", begin, "the length runs past the end");
    let length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + (this.bytes[this.at++] as number);
    return length;
  }

  private error(problem: string, offset: number, message: string): Error {
    return derError(problem, this.what, offset, message);
  }
}
