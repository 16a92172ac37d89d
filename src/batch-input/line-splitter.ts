import { isUtf8 } from "node:buffer";
import { SamicertsError } from "../base/errors.ts";
import { inputError, MAX_RECORD } from "./input-error.ts";

/** Who is told of a text's lines. */
export interface LineSink {
  /** A line, or the end of one whose parts were told; without its LF. `bytes` where it is not UTF-8. */
  line(text: string, number: number, bytes?: Uint8Array): void;
  /** A part of a line too long to be held; the next call goes on with it. */
  part(text: string, number: number): void;
}

const LF = 0x0a;
const EMPTY: Buffer = Buffer.alloc(0);
const BOM: Buffer = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_BOMS: readonly Buffer[] = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

const IN_UTF16 = "the text is in UTF-16";

/** Whether it is what a LineSplitter says of UTF-16: of the text as a whole, and so without a place in front. */
export function isUtf16Error(error: unknown): error is SamicertsError {
  return error instanceof SamicertsError && error.message === IN_UTF16;
}

/**
 * Cuts octets, in whatever pieces they come, into lines of UTF-8 text, and takes a byte order mark off. Holds a line
 * at most, and of that no more than a record may have. Throws `input.not-utf8` for UTF-16.
 */
export class LineSplitter {
  private readonly sink: LineSink;
  private rest: Buffer = EMPTY;
  private number = 1;
  private begun = false;

  constructor(sink: LineSink) {
    this.sink = sink;
  }

  /** Takes the next octets, which may be overwritten afterwards. */
  feed(chunk: Uint8Array): void {
    let bytes: Buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.rest.length > 0) bytes = Buffer.concat([this.rest, bytes]);
    if (!this.begun && bytes.length >= BOM.length) bytes = this.begin(bytes);
    const end = this.begun ? bytes.lastIndexOf(LF) : -1;
    if (end >= 0) this.lines(bytes.subarray(0, end));
    const rest = bytes.subarray(end + 1);
    if (rest.length > MAX_RECORD) {
      this.sink.part(rest.toString(), this.number);
      this.rest = EMPTY;
    } else this.rest = Buffer.from(rest);
  }

  /** Tells the last line where no LF ended it. */
  end(): void {
    const rest = this.begun ? this.rest : this.begin(this.rest);
    this.rest = EMPTY;
    if (rest.length > 0) this.lines(rest);
  }

  private begin(bytes: Buffer): Buffer {
    this.begun = true;
    if (UTF16_BOMS.some((mark) => bytes.subarray(0, mark.length).equals(mark)))
      throw inputError("not-utf8", IN_UTF16, "save it as UTF-8");
    return bytes.subarray(0, BOM.length).equals(BOM) ? bytes.subarray(BOM.length) : bytes;
  }

  private lines(bytes: Buffer): void {
    if (isUtf8(bytes)) {
      for (const text of bytes.toString().split("\n")) this.sink.line(text, this.number++);
      return;
    }
    for (let start = 0; start <= bytes.length; ) {
      const found = bytes.indexOf(LF, start);
      const stop = found < 0 ? bytes.length : found;
      const line = bytes.subarray(start, stop);
      if (isUtf8(line)) this.sink.line(line.toString(), this.number++);
      else this.sink.line(line.toString(), this.number++, line);
      start = stop + 1;
    }
  }
}
