import type { BatchRow, InputFormat, RejectedRow } from "../actions/batch-row.ts";
import type { SamicertsError } from "../base/errors.ts";
import { CsvRecords } from "./csv-records.ts";
import type { DuplicateCheck } from "./duplicates.ts";
import { atLine, inputError } from "./input-error.ts";
import { JsonRecords } from "./json-records.ts";
import { isUtf16Error, LineSplitter } from "./line-splitter.ts";
import { RowMaker, type RowOptions } from "./row-maker.ts";

/** A text of records, as it is to be read. */
export interface TextSource {
  /** What it is called in errors. */
  readonly name: string;
  readonly format: Exclude<InputFormat, "range">;
  readonly duplicates: DuplicateCheck;
  readonly options: RowOptions;
}

/** Makes rows of a text's octets in whatever pieces they come; constant memory, but for what finds duplicates. */
export class RecordParser {
  private readonly name: string;
  private readonly maker: RowMaker;
  private readonly records: CsvRecords | JsonRecords;
  private readonly splitter: LineSplitter;
  private failure: unknown;

  constructor({ name, format, duplicates, options }: TextSource) {
    this.name = name;
    this.maker = new RowMaker(name, duplicates, options);
    this.records = format === "csv" ? new CsvRecords(name, this.maker) : new JsonRecords(this.maker);
    this.splitter = new LineSplitter(this.records);
  }

  /** A CSV's header as it was written, once it was read. */
  get header(): string | undefined {
    return this.records instanceof CsvRecords ? this.records.header : undefined;
  }

  get counts(): { readonly rows: number; readonly rejected: number } {
    return this.maker;
  }

  /**
   * Takes the next octets; gives the rows that were completed. Where reading can't go on, the rows before that are
   * still given, and `throwFailure` throws why.
   */
  feed(chunk: Uint8Array): readonly (BatchRow | RejectedRow)[] {
    return this.collect(() => this.splitter.feed(chunk));
  }

  /** Takes the end; gives the last rows. An input without any row is `input.no-rows`. */
  end(): readonly (BatchRow | RejectedRow)[] {
    return this.collect(() => {
      this.splitter.end();
      this.records.end();
      if (this.maker.rows + this.maker.rejected === 0) throw this.noRows();
    });
  }

  /** Throws what stopped the reading, if anything did. */
  throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private collect(work: () => void): readonly (BatchRow | RejectedRow)[] {
    const { stackTraceLimit } = Error;
    try {
      // Nobody looks at where a row was rejected, and finding that out takes longer than reading the row.
      Error.stackTraceLimit = 0;
      work();
    } catch (error) {
      // What is wrong with the text as a whole has no line yet.
      this.failure = isUtf16Error(error) ? atLine(this.name, 1, error) : error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    const { made } = this.maker;
    this.maker.made = [];
    return made;
  }

  private noRows(): SamicertsError {
    const what = this.header === undefined ? "is empty" : "has a header and no row after it";
    return inputError("no-rows", `${this.name} ${what}`, "give at least one device, or leave the batch out");
  }
}
