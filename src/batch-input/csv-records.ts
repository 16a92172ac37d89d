import { SamicertsError } from "../base/errors.ts";
import { type CsvColumns, DEVICE_COLUMNS, readHeader } from "./csv-header.ts";
import { beginScan, type QuoteScan, scanQuotes, splitQuoted, trimBlanks } from "./csv-quotes.ts";
import { atLine, inputError, MAX_RECORD } from "./input-error.ts";
import type { LineSink } from "./line-splitter.ts";
import { bytesWithoutCr, isBlankLine, isShort, notUtf8, recordTooLong, withoutCr } from "./record-text.ts";
import type { RecordSink } from "./row-texts.ts";

/** A record that needs more than a split at its commas: it has quotes, is too long, or is not UTF-8. */
interface Careful {
  readonly line: number;
  /** Where the last value in quotes began. */
  quoteLine: number;
  readonly scan: QuoteScan;
  raw: string;
  octets: number;
  /** The record's octets where any line of it is not UTF-8. */
  bytes: Buffer[] | undefined;
  truncated: boolean;
  /** The last line told was a part of a longer one. */
  inLine: boolean;
}

/**
 * Makes records of a CSV's lines (RFC 4180): values in quotes may have commas, line ends and doubled quotes in them;
 * spaces around values without quotes don't count, nor do lines without anything. The first record is the header.
 *
 * A record that is wrong is told as such where it is certain where the next one begins. Where that is not certain,
 * reading on could take a value's text for devices, so it ends: `input.unclosed-quote`, `input.broken-quote`.
 */
export class CsvRecords implements LineSink {
  /** The header as it was written. */
  header: string | undefined;
  private readonly name: string;
  private readonly sink: RecordSink;
  private readonly known: CsvColumns;
  private columns: readonly number[] = [];
  private careful: Careful | undefined;

  /** `name` is what the input is called in errors. */
  constructor(name: string, sink: RecordSink, known: CsvColumns = DEVICE_COLUMNS) {
    this.name = name;
    this.known = known;
    this.sink = sink;
  }

  line(text: string, number: number, bytes?: Uint8Array): void {
    if (this.careful === undefined && bytes === undefined && !text.includes('"') && isShort(text)) {
      const raw = withoutCr(text);
      if (!isBlankLine(raw)) this.plainRecord(raw, number);
      return;
    }
    this.goOn(text, number, bytes);
    this.endLine();
  }

  part(text: string, number: number): void {
    this.goOn(text, number, undefined);
  }

  /** Ends the input; throws `input.unclosed-quote`. */
  end(): void {
    const { careful } = this;
    if (careful === undefined) return;
    throw atLine(
      this.name,
      careful.quoteLine,
      inputError(
        "unclosed-quote",
        "a quote is opened here and never closed: everything after it is part of the same value",
        'close it, or write a quote within a value as two ("")',
      ),
    );
  }

  private goOn(text: string, number: number, bytes: Uint8Array | undefined): void {
    this.careful ??= {
      line: number,
      quoteLine: number,
      scan: beginScan(),
      raw: "",
      octets: 0,
      bytes: undefined,
      truncated: false,
      inLine: false,
    };
    const { careful } = this;
    const follows = careful.line !== number && !careful.inLine;
    careful.inLine = true;
    careful.scan.opened = false;
    scanQuotes(careful.scan, withoutCr(text));
    if (careful.scan.opened) careful.quoteLine = number;
    if (careful.truncated) return;
    if (bytes !== undefined) careful.bytes ??= careful.raw === "" ? [] : [Buffer.from(careful.raw)];
    if (careful.bytes !== undefined) {
      if (follows) careful.bytes.push(Buffer.from("\n"));
      careful.bytes.push(Buffer.from(bytes ?? Buffer.from(text)));
    }
    careful.raw += follows ? `\n${text}` : text;
    careful.octets += Buffer.byteLength(text) + 1;
    if (careful.octets <= MAX_RECORD + 1) return;
    careful.truncated = true;
    careful.raw = careful.raw.slice(0, MAX_RECORD);
  }

  /** The line is at its end, and the record too unless a value in quotes goes on. */
  private endLine(): void {
    const careful = this.careful as Careful;
    careful.inLine = false;
    const { scan, line } = careful;
    if (scan.state === "quoted") return;
    if (scan.state === "broken" && scan.afterBroken % 2 === 1)
      throw atLine(
        this.name,
        line,
        inputError(
          "broken-quote",
          "text follows a closing quote, and whether another value goes on beyond this line can't be told",
          'write a quote within a value as two ("")',
        ),
      );
    this.careful = undefined;
    const error = problemOf(careful);
    const raw = withoutCr(careful.raw);
    if (error === undefined) this.record(splitQuoted(raw), raw, line);
    else {
      const rawBytes =
        careful.bytes === undefined ? {} : { rawBytes: bytesWithoutCr(Buffer.concat(careful.bytes)) };
      this.bad({ line, raw, ...rawBytes, ...(careful.truncated ? { truncated: true } : {}), error });
    }
  }

  private plainRecord(raw: string, line: number): void {
    const values = raw.split(",");
    for (let index = 0; index < values.length; index++) values[index] = trimBlanks(values[index] as string);
    this.record(values, raw, line);
  }

  private record(values: readonly string[], raw: string, line: number): void {
    const { columns } = this;
    if (this.header === undefined) {
      this.readHeader(values, raw, line);
      return;
    }
    if (values.length !== columns.length) {
      const error = inputError(
        "columns",
        `there ${values.length === 1 ? "is 1 value" : `are ${values.length} values`} where the header has ${columns.length}`,
        values.length > columns.length
          ? 'put a value with a comma in it into quotes, as in "a,b"'
          : "give every column a value; one that is to stay empty still needs its comma",
      );
      this.bad({ line, raw, error });
      return;
    }
    const texts: (string | undefined)[] = new Array(this.known.names.length);
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index] as number;
      if (column >= 0) texts[column] = values[index];
    }
    this.sink.record(texts, raw, line);
  }

  private readHeader(values: readonly string[], raw: string, line: number): void {
    try {
      this.columns = readHeader(values, this.known);
    } catch (error) {
      throw error instanceof SamicertsError ? atLine(this.name, line, error) : error;
    }
    this.header = raw;
  }

  private bad(record: Parameters<RecordSink["bad"]>[0]): void {
    // Without its header nothing in a CSV means anything.
    if (this.header === undefined) throw atLine(this.name, record.line, asHeader(record));
    this.sink.bad(record);
  }
}

/** A spreadsheet's own file is what is most often named in place of what it exports. */
function asHeader({ raw, error }: Parameters<RecordSink["bad"]>[0]): SamicertsError {
  return raw.startsWith("PK\u0003\u0004")
    ? inputError(
        "not-text",
        "this is a ZIP archive, such as .xlsx is one, and no text",
        "save it as CSV in UTF-8",
      )
    : error;
}

function problemOf({ scan, truncated, bytes }: Careful): SamicertsError | undefined {
  if (truncated) return recordTooLong();
  if (bytes !== undefined) return notUtf8();
  if (scan.state === "broken")
    return inputError(
      "broken-quote",
      "text follows a closing quote",
      'write a quote within a value as two ("")',
    );
  if (scan.stray)
    return inputError(
      "stray-quote",
      "a quote stands in a value that does not begin with one",
      'put the whole value into quotes and write each quote in it as two ("")',
    );
  return undefined;
}
