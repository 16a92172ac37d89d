import { SamicertsError } from "../base/errors.ts";
import { quoted } from "../x509/name-error.ts";

/** A file in a piece of a tar archive: its content is `bytes` of the piece from `start` to `end`. */
export interface TarFile {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Whole files of a tar archive, in memory that is nobody else's. */
export interface TarPiece {
  readonly bytes: Uint8Array;
  readonly files: readonly TarFile[];
}

/** What a decoder gives, and what not. */
export interface TarWants {
  /** Files of other names are passed over. */
  readonly name: (name: string) => boolean;
  /** The most octets of a file. */
  readonly size: number;
}

const BLOCK = 512;
/** The most octets of a name that stands in an entry of its own. */
const MAX_LONG_NAME = 64 * 1024;
const NONE: Uint8Array = new Uint8Array(0);
/** Types of entries: a file, as it is and as it was written before POSIX, and one that was to lie in one piece. */
const FILES: ReadonlySet<string> = new Set(["0", "\0", "7"]);

/**
 * Takes a tar archive apart (POSIX.1-1988, with the long names of GNU tar and of pax), in whatever pieces it comes;
 * directories, links and the like are passed over. `what` names it in errors. Throws `archive.damaged` where it is no
 * such archive or goes on behind its end, `archive.cut-off`, and `archive.too-large` for a file that is wanted.
 */
export class TarDecoder {
  private readonly what: string;
  private readonly wants: TarWants;
  private rest = NONE;
  /** Where `rest` begins in the archive. */
  private offset = 0;
  /** What is left of an entry that is passed over. */
  private skip = 0;
  private zeroBlocks = 0;
  /** What the entries before say of the next one. */
  private next: { name?: string; size?: number } = {};

  constructor(what: string, wants: TarWants) {
    this.what = what;
    this.wants = wants;
  }

  /** Takes the next octets, which may be overwritten afterwards; gives the files that are whole now. */
  take(chunk: Uint8Array): TarPiece {
    const bytes = new Uint8Array(this.rest.length + chunk.length);
    bytes.set(this.rest);
    bytes.set(chunk, this.rest.length);
    const files: TarFile[] = [];
    let at = 0;
    for (let step = this.step(bytes, at, files); step > 0; step = this.step(bytes, at, files)) at += step;
    this.rest = bytes.slice(at);
    this.offset += at;
    return { bytes, files };
  }

  /** Makes sure that the archive is whole. */
  end(): void {
    if (this.zeroBlocks >= 2 && this.rest.length === 0) return;
    throw this.error("cut-off", `is cut off after ${this.offset + this.rest.length} octets`);
  }

  /** Goes on from `at`; gives how far, 0 where there is not enough to go on. */
  private step(bytes: Uint8Array, at: number, files: TarFile[]): number {
    const left = bytes.length - at;
    if (this.skip > 0) {
      const step = Math.min(this.skip, left);
      this.skip -= step;
      return step;
    }
    if (left < BLOCK) return 0;
    const header = Buffer.from(bytes.buffer, bytes.byteOffset + at, BLOCK);
    if (isZero(header)) {
      this.zeroBlocks++;
      return BLOCK;
    }
    if (this.zeroBlocks > 0) throw this.error("damaged", `has something behind its end`, at);
    return this.entry(header, bytes, at, files);
  }

  private entry(header: Buffer, bytes: Uint8Array, at: number, files: TarFile[]): number {
    if (number(header, 148, 8) !== checksum(header))
      throw this.error("damaged", "is no tar archive, or a damaged one", at);
    const type = String.fromCharCode(header[156] as number);
    const size = this.next.size ?? number(header, 124, 12);
    if (size === undefined) throw this.error("damaged", "has an entry of no size", at);
    const name = this.next.name ?? nameOf(header);
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    const describes = type === "L" || type === "x";
    const file = FILES.has(type) && this.wants.name(name);
    if (!describes) this.next = {};
    if (!describes && !file) {
      this.skip = padded;
      return BLOCK;
    }
    if (size > (describes ? MAX_LONG_NAME : this.wants.size))
      throw this.error("too-large", `has ${size} octets in ${quoted(name)}, more than is accepted`, at);
    const start = at + BLOCK;
    const end = start + size;
    if (bytes.length < start + padded) {
      // It comes by here again, with more.
      if (file) this.next = { name, size };
      return 0;
    }
    if (file) files.push({ name, start, end });
    else this.describe(type, Buffer.from(bytes.buffer, bytes.byteOffset + start, size));
    return BLOCK + padded;
  }

  /** Notes what GNU tar's or pax' own entry says of the one behind it. */
  private describe(type: string, content: Buffer): void {
    if (type === "L") {
      this.next = { ...this.next, name: text(content) };
      return;
    }
    // Records of `<length> <key>=<value>\n` (POSIX.1-2001).
    for (let at = 0; at < content.length; ) {
      const match = /^([0-9]{1,9}) ([^=]+)=/.exec(content.toString("utf8", at, at + 200));
      const length = Number(match?.[1]);
      if (match === null || length <= match[0].length || at + length > content.length)
        throw this.error("damaged", "has a malformed pax record");
      const value = content.toString("utf8", at + Buffer.byteLength(match[0]), at + length - 1);
      if (match[2] === "path") this.next = { ...this.next, name: value };
      if (match[2] === "size" && /^[0-9]{1,15}$/.test(value))
        this.next = { ...this.next, size: Number(value) };
      at += length;
    }
  }

  private error(problem: string, why: string, at = 0): SamicertsError {
    const place = problem === "cut-off" ? "" : ` (octet ${this.offset + at})`;
    return new SamicertsError({
      kind: "input",
      code: `archive.${problem}`,
      message: `${this.what} ${why}${place}`,
      hint: "obtain it again; a batch that was interrupted is finished by the same command that began it",
    });
  }
}

/** An entry's name: the field, with what ustar puts in front of it. */
function nameOf(header: Buffer): string {
  const name = text(header.subarray(0, 100));
  const prefix = header.toString("latin1", 257, 263) === "ustar\0" ? text(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Text up to the first NUL. */
function text(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? field.length : end);
}

/** A number in octal digits, or in GNU's form for large ones; undefined where it is neither. */
function number(header: Buffer, at: number, length: number): number | undefined {
  if ((header[at] as number) === 0x80) {
    const value = header.readUIntBE(at + length - 6, 6);
    return isZero(header.subarray(at + 1, at + length - 6)) ? value : undefined;
  }
  const digits = header
    .toString("latin1", at, at + length)
    .replace(/[\0 ]+$/, "")
    .trimStart();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** The sum of a header's octets, its own field counted as spaces. */
function checksum(header: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += header[at] as number;
  return sum;
}

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}
