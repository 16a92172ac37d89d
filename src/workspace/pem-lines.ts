import { SamicertsError } from "../base/errors.ts";
import type { ByteSource } from "../x509/byte-source.ts";
import { decodeBase64 } from "../x509/pem-base64.ts";

/**
 * A PEM file with one block whose lines are all of one length, but the last: where in it an octet's digits are can be
 * computed, so that a part at a time is read, as of DER. It is plain data, which another thread can be handed.
 */
export interface PemLines {
  /** Where the first digit is. */
  readonly bodyAt: number;
  /** The digits of a line. */
  readonly columns: number;
  /** The same with its line end. */
  readonly lineOctets: number;
  /** All digits, with the padding. */
  readonly digits: number;
  /** What they stand for, in octets. */
  readonly octets: number;
}

/** Reads `length` octets from `at` on, all of them; throws where they are not there. */
export type ReadAt = (at: number, length: number) => Buffer;

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const PADDING = 0x3d;
/** The longest line, with the one before it. */
const FRONT = 512;
const TAIL = 128;
/** So many lines are looked at at once. */
const LINES = 4096;

/** Looks through a whole file for such lines; undefined where there is anything else in it. */
export function findPemLines(read: ReadAt, size: number, label: string): PemLines | undefined {
  const front = read(0, Math.min(FRONT, size));
  const begin = `-----BEGIN ${label}-----`;
  const eol = front[begin.length] === CR ? 2 : 1;
  const bodyAt = begin.length + eol;
  if (!front.toString("latin1", 0, begin.length).startsWith(begin) || front[bodyAt - 1] !== LF)
    return undefined;
  const lineOctets = front.indexOf(LF, bodyAt) + 1 - bodyAt;
  const columns = lineOctets - eol;
  if (columns <= 0 || columns % 4 !== 0) return undefined;
  const tail = read(size - Math.min(TAIL, size), Math.min(TAIL, size)).toString("latin1");
  const endAt = tail.lastIndexOf(`-----END ${label}-----`);
  if (endAt < 0 || tail.slice(endAt).trimEnd() !== `-----END ${label}-----`) return undefined;
  const bodyEnd = size - tail.length + endAt;
  const counted = countDigits(read, { bodyAt, bodyEnd, lineOctets, eol });
  if (counted === undefined || counted.digits % 4 !== 0) return undefined;
  const octets = (counted.digits / 4) * 3 - counted.padding;
  return { bodyAt, columns, lineOctets, digits: counted.digits, octets };
}

interface Body {
  readonly bodyAt: number;
  readonly bodyEnd: number;
  readonly lineOctets: number;
  readonly eol: number;
}

/** The digits of a body; undefined where its lines are not as they must be. What is no digit is found when it is decoded. */
function countDigits(
  read: ReadAt,
  { bodyAt, bodyEnd, lineOctets, eol }: Body,
): { readonly digits: number; readonly padding: number } | undefined {
  let digits = 0;
  let padding = 0;
  for (let at = bodyAt; at < bodyEnd; at += LINES * lineOctets) {
    const piece = read(at, Math.min(LINES * lineOctets, bodyEnd - at));
    for (let start = 0; start < piece.length; start += lineOctets) {
      const stop = Math.min(start + lineOctets, piece.length) - eol;
      if (stop <= start || piece[stop + eol - 1] !== LF || (eol === 2 && piece[stop] !== CR))
        return undefined;
      for (let i = start; i < stop; i++) {
        const octet = piece[i] as number;
        if (octet <= 0x20 || octet === DASH || (padding > 0 && octet !== PADDING)) return undefined;
        if (octet === PADDING) padding++;
      }
      digits += stop - start;
    }
  }
  return padding > 2 ? undefined : { digits, padding };
}

/** The octets that a PEM file's lines stand for; `name` is in messages. Throws `io.failed` where it is not any more as it was. */
export function pemLinesSource(read: ReadAt, lines: PemLines, name: string): ByteSource {
  const { bodyAt, columns, lineOctets, digits, octets } = lines;
  const placeOf = (digit: number): number =>
    bodyAt + Math.floor(digit / columns) * lineOctets + (digit % columns);
  let memory = Buffer.alloc(0);
  return {
    size: octets,
    window(at, length) {
      const group = Math.floor(at / 3);
      const last = Math.min(Math.ceil((at + length) / 3) * 4, digits);
      if (last <= 4 * group) return { bytes: new Uint8Array(0), start: 0 };
      const from = placeOf(4 * group);
      const text = read(from, placeOf(last - 1) + 1 - from);
      // New memory at every window would stand about until the collector comes, which may be at the file's end.
      if (memory.length < text.length) memory = Buffer.alloc(text.length);
      const decoded = decodeBase64(text, 0, text.length, memory);
      const expected = Math.min((last / 4) * 3, octets) - 3 * group;
      if ("bytes" in decoded && decoded.bytes.length === expected)
        return { bytes: decoded.bytes, start: at - 3 * group };
      throw new SamicertsError({
        kind: "input",
        code: "pem.base64",
        message: `${name}: the base64 of it is damaged, or was changed while it was read`,
        hint: "obtain it again; CRLs are replaced whole, not written over",
      });
    },
  };
}
