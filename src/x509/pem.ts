import { SamicertsError } from "../base/errors.ts";
import { decodeBase64 } from "./pem-base64.ts";

/** One encapsulated structure of a PEM file (RFC 7468). */
export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`, ... */
  readonly label: string;
  readonly der: Uint8Array;
  /** The line of its BEGIN, from 1. */
  readonly line: number;
  /** Encapsulated headers (RFC 1421), such as `Proc-Type: 4,ENCRYPTED`; absent where there is none. */
  readonly headers?: readonly string[];
}

const DASHES = "-----";
const BEGIN = "-----BEGIN ";
const END = "-----END ";
const BEGIN_UTF16: Buffer = Buffer.from(BEGIN, "utf16le");
const COLUMNS = 64;
const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
/** The longest BEGIN or END line; labels in use have 30 characters at most. */
const MAX_BOUNDARY = 200;
/** The most lines of headers; there are two in use. */
const MAX_HEADERS = 64;
/** How much of a text is looked at to see whether it is in UTF-16. */
const UTF16_WINDOW = 65536;
const DAMAGED = "the file is damaged or cut off; obtain it again";

/** Tells whether a line of `bytes` begins a PEM block, or would if the text were not in UTF-16. */
export function looksLikePem(bytes: Uint8Array): boolean {
  const buffer = asBuffer(bytes);
  for (let at = buffer.indexOf(BEGIN); at >= 0; at = buffer.indexOf(BEGIN, at + 1)) {
    if (isLineStart(buffer, at)) return true;
    // A DER file begins with a SEQUENCE; such a line deep inside one of its strings does not make it PEM.
    if (buffer[0] === 0x30) return false;
  }
  return isUtf16(buffer);
}

/**
 * Reads every block of a PEM file, in its order; text outside blocks is passed over (RFC 7468, 2). Lines may end in LF,
 * CRLF or CR, with spaces before, and be of any length. Gives none where there is none. Takes time linear in the input.
 * Throws `pem.unclosed`, `pem.boundary`, `pem.label`, `pem.headers`, `pem.base64`, `pem.empty`, `pem.encoding`, each
 * naming `file` and line.
 */
export function readPem(bytes: Uint8Array, file: string): PemBlock[] {
  const walk = new PemWalk(asBuffer(bytes), file);
  const blocks: PemBlock[] = [];
  for (let begin = walk.findBegin(); begin >= 0; begin = walk.findBegin()) blocks.push(walk.readBlock(begin));
  return blocks;
}

/** Goes through a PEM file once, from its start to its end. */
class PemWalk {
  private readonly bytes: Buffer;
  private readonly file: string;
  private at = 0;
  private countedTo = 0;
  private line = 1;

  constructor(bytes: Buffer, file: string) {
    this.bytes = bytes;
    this.file = file;
    if (isUtf16(bytes)) throw this.error("encoding", 1, "the text is in UTF-16", "save it as ASCII or UTF-8");
  }

  /** Where the next block begins, or -1. */
  findBegin(): number {
    const { bytes } = this;
    for (let at = bytes.indexOf(DASHES, this.at); at >= 0; at = bytes.indexOf(DASHES, dashesEnd(bytes, at))) {
      const begins = startsWith(bytes, at, BEGIN);
      if (!begins && !startsWith(bytes, at, END)) continue;
      if (isLineStart(bytes, at)) {
        if (begins) return at;
        throw this.error("boundary", this.lineOf(at), "an END line has no BEGIN line before it", DAMAGED);
      }
      if (isIndented(bytes, at))
        throw this.error(
          "boundary",
          this.lineOf(at),
          `the ${begins ? "BEGIN" : "END"} line is indented`,
          "take the spaces away that stand before the block's lines",
        );
    }
    return -1;
  }

  readBlock(begin: number): PemBlock {
    const { bytes } = this;
    const line = this.lineOf(begin);
    const label = this.readLabel(begin, BEGIN);
    const headers: string[] = [];
    const bodyAt = this.readHeaders(lineAfter(bytes, begin), label, headers);
    const end = bytes.indexOf("-", bodyAt);
    if (end < 0 || (isLineStart(bytes, end) && startsWith(bytes, end, BEGIN)))
      throw this.error("unclosed", line, `${label} has no END line`, DAMAGED);
    const closed = isLineStart(bytes, end) && startsWith(bytes, end, END);
    // A dash anywhere else is a character that base64 has not, and is reported as such, or a worse one before it.
    const der = this.decode(bodyAt, closed ? end : end + 1, label, line);
    const found = this.readLabel(end, END);
    if (found !== label)
      throw this.error(
        "label",
        this.lineOf(end),
        `END ${found} does not belong to BEGIN ${label} in line ${line}`,
        DAMAGED,
      );
    if (der.length === 0) throw this.error("empty", line, `${label} is empty`, DAMAGED);
    this.at = lineAfter(bytes, end);
    return headers.length === 0 ? { label, der, line } : { label, der, line, headers };
  }

  private readLabel(at: number, prefix: string): string {
    const { bytes } = this;
    const text = bytes.toString("latin1", at, Math.min(lineEnd(bytes, at), at + MAX_BOUNDARY)).trimEnd();
    const label = text.slice(prefix.length, -DASHES.length);
    if (!text.endsWith(DASHES) || !/^[!-,.-~](?:[ -]?[!-,.-~])*$/.test(label))
      throw this.error(
        "boundary",
        this.lineOf(at),
        `the ${prefix.slice(DASHES.length).trim()} line is malformed`,
        `it is ${prefix}CERTIFICATE${DASHES} or the like, and nothing after it`,
      );
    return label;
  }

  /** Reads the headers, where there are any, into `headers`; gives where the base64 begins. */
  private readHeaders(start: number, label: string, headers: string[]): number {
    const { bytes } = this;
    // A header has a colon, which base64 has not; an empty line ends them (RFC 1421, 4.4).
    const colon = bytes.subarray(start, lineEnd(bytes, start)).indexOf(":");
    if (colon < 0) return start;
    for (let at = start; at < bytes.length; at = lineAfter(bytes, at)) {
      const line = bytes.toString("latin1", at, lineEnd(bytes, at)).trimEnd();
      if (line === "") return at;
      if (line.startsWith(DASHES) || headers.length === MAX_HEADERS) break;
      headers.push(line);
    }
    throw this.error(
      "headers",
      this.lineOf(start),
      `the headers of ${label} are not ended by an empty line`,
      DAMAGED,
    );
  }

  private decode(start: number, stop: number, label: string, line: number): Buffer {
    const result = decodeBase64(this.bytes, start, stop);
    if ("bytes" in result) return result.bytes;
    if ("badEnd" in result)
      throw this.error("base64", line, `the base64 of ${label} is cut off or padded wrongly`, DAMAGED);
    const octet = this.bytes[result.badAt] as number;
    const shown =
      octet > 0x20 && octet < 0x7f ? `"${String.fromCharCode(octet)}"` : `octet 0x${octet.toString(16)}`;
    throw this.error(
      "base64",
      this.lineOf(result.badAt),
      `the base64 of ${label} has ${shown} where it can't be`,
      DAMAGED,
    );
  }

  /** The line that `index` is in, from 1. */
  private lineOf(index: number): number {
    const { bytes } = this;
    for (; this.countedTo < index; this.countedTo++) {
      const octet = bytes[this.countedTo];
      if (octet === LF || (octet === CR && bytes[this.countedTo + 1] !== LF)) this.line++;
    }
    return this.line;
  }

  private error(problem: string, line: number, message: string, hint: string): SamicertsError {
    return new SamicertsError({
      kind: "input",
      code: `pem.${problem}`,
      message: `${this.file}:${line}: ${message}`,
      hint,
    });
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function isUtf16(bytes: Buffer): boolean {
  // In either order of the octets: the other one is this one shifted by the zero in front of it.
  return bytes.subarray(0, UTF16_WINDOW).includes(BEGIN_UTF16);
}

function startsWith(bytes: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Where the dashes end that stand at `at`; there are five in a boundary, and in a longer row there is none. */
function dashesEnd(bytes: Buffer, at: number): number {
  let end = at;
  while (bytes[end] === DASH) end++;
  return end;
}

function isLineStart(bytes: Buffer, at: number): boolean {
  const before = bytes[at - 1];
  if (at === 0 || before === LF || before === CR) return true;
  // The byte order mark that Windows programs put before UTF-8.
  return at === 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function isIndented(bytes: Buffer, at: number): boolean {
  let start = at;
  while (bytes[start - 1] === 0x20 || bytes[start - 1] === 0x09) start--;
  return isLineStart(bytes, start);
}

/** Where the line that `at` is in ends, before its line break. */
function lineEnd(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++;
  return end;
}

/** Where the line after the one that `at` is in begins. */
function lineAfter(bytes: Buffer, at: number): number {
  const end = lineEnd(bytes, at);
  return bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : Math.min(end + 1, bytes.length);
}

/** Octets that make whole lines. */
const PIECE = 48 * 1024;

/** Writes one PEM block as `writePem` does, of octets in pieces and in pieces, so that a large one is never text at once. */
export function* pemPieces(label: string, parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield Buffer.from(`${BEGIN}${label}${DASHES}\n`);
  let rest: Buffer = Buffer.alloc(0);
  for (const part of parts) {
    const bytes = rest.length === 0 ? asBuffer(part) : Buffer.concat([rest, part]);
    let at = 0;
    for (; at + PIECE <= bytes.length; at += PIECE) yield pemLines(bytes.subarray(at, at + PIECE));
    rest = Buffer.from(bytes.subarray(at));
  }
  if (rest.length > 0) yield pemLines(rest);
  yield Buffer.from(`${END}${label}${DASHES}\n`);
}

function pemLines(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("base64").replace(/.{1,64}/g, "$&\n"), "latin1");
}

/** Writes one PEM block: 64 columns, LF (RFC 7468, 2). */
export function writePem(label: string, der: Uint8Array): string {
  const base64 = asBuffer(der).toString("base64");
  let text = `${BEGIN}${label}${DASHES}\n`;
  for (let at = 0; at < base64.length; at += COLUMNS) text += `${base64.slice(at, at + COLUMNS)}\n`;
  return `${text}${END}${label}${DASHES}\n`;
}
