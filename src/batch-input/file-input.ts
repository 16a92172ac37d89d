import { createHash } from "node:crypto";
import type { BatchInput, BatchRow, InputCount, InputFormat, RejectedRow } from "../actions/batch-row.ts";
import type { Files } from "../base/effects.ts";
import { createDuplicateCheck, type DuplicateCheck, FoundDuplicates } from "./duplicates.ts";
import { inputError } from "./input-error.ts";
import { detectFormat } from "./input-format.ts";
import { readChunks } from "./read-chunks.ts";
import { RecordParser } from "./record-parser.ts";
import type { RowOptions } from "./row-maker.ts";

/**
 * Opens a CSV or NDJSON file as a batch's input; reads it once, for its digest. Throws `io.*`.
 * What `check` learned of duplicates the later walks are told: they need not remember a million rows.
 */
export function openInputFile(files: Files, path: string, options: RowOptions = {}): BatchInput {
  return new FileInput(files, path, options);
}

class FileInput implements BatchInput {
  readonly name: string;
  readonly digest: string;
  readonly format: Exclude<InputFormat, "range">;
  readonly repeatable: boolean = true;
  total: number | undefined;
  header?: string;
  private readonly files: Files;
  private readonly options: RowOptions;
  private duplicates: FoundDuplicates | undefined;

  constructor(files: Files, path: string, options: RowOptions) {
    this.name = path;
    this.files = files;
    this.options = options;
    const hash = createHash("sha256");
    let format: Exclude<InputFormat, "range"> | undefined;
    for (const chunk of readChunks(files, path)) {
      hash.update(chunk);
      format ??= detectFormat(chunk, path);
    }
    this.digest = hash.digest("hex");
    this.format = format ?? "csv";
  }

  *check(): Generator<readonly (BatchRow | RejectedRow)[], InputCount> {
    const found = new FoundDuplicates();
    const parser = this.parser(found.record(createDuplicateCheck()));
    yield* this.walk(parser);
    const { rows, rejected } = parser.counts;
    this.duplicates = found;
    this.total = rows + rejected;
    return { rows, rejected };
  }

  async waitForRow(): Promise<void> {
    const { checkRow: _, ...options } = this.options;
    for (const rows of this.walk(this.parser(createDuplicateCheck(), options))) if (rows.length > 0) return;
  }

  async *rows(): AsyncIterable<BatchRow | RejectedRow> {
    const duplicates = this.duplicates?.replay() ?? createDuplicateCheck();
    for (const rows of this.walk(this.parser(duplicates))) yield* rows;
  }

  private parser(duplicates: DuplicateCheck, options: RowOptions = this.options): RecordParser {
    const { name, format } = this;
    return new RecordParser({ name, format, duplicates, options });
  }

  private *walk(parser: RecordParser): Generator<readonly (BatchRow | RejectedRow)[]> {
    const hash = createHash("sha256");
    for (const chunk of readChunks(this.files, this.name)) {
      hash.update(chunk);
      yield this.noteHeader(parser, parser.feed(chunk));
      parser.throwFailure();
    }
    yield this.noteHeader(parser, parser.end());
    parser.throwFailure();
    if (hash.digest("hex") !== this.digest)
      throw inputError(
        "changed",
        `${this.name} was changed while the batch was reading it`,
        "leave the file alone until the batch is done, then run the same command again",
      );
  }

  /** Before the first row is given, so that whoever is given it can ask for the header. */
  private noteHeader<T>(parser: RecordParser, rows: T): T {
    if (parser.header !== undefined) this.header = parser.header;
    return rows;
  }
}
