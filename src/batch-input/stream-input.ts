import type { BatchInput, BatchRow, InputFormat, RejectedRow } from "../actions/batch-row.ts";
import { fileError } from "../workspace/file-error.ts";
import { createDuplicateCheck } from "./duplicates.ts";
import { detectFormat } from "./input-format.ts";
import { RecordParser } from "./record-parser.ts";
import type { RowOptions } from "./row-maker.ts";

/** What a stream has for a digest: nobody knows it before its end, so the output alone says which batch it is. */
const DIGEST = "stdin";

/** What a stream is called in errors. */
const NAME = "standard input";

/**
 * Opens a stream of CSV or NDJSON, such as standard input, as a batch's input; waits for its first character, which
 * tells the two apart. It can be walked once. Throws `io.failed`.
 */
export async function openInputStream(
  chunks: AsyncIterable<Uint8Array>,
  options: RowOptions = {},
): Promise<BatchInput> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let format: Exclude<InputFormat, "range"> | undefined;
  while (format === undefined) {
    const chunk = await nextChunk(iterator);
    if (chunk === undefined) break;
    first.push(Buffer.from(chunk));
    format = detectFormat(chunk, undefined);
  }
  return new StreamInput(first, iterator, format ?? "csv", options);
}

class StreamInput implements BatchInput {
  readonly name: string = NAME;
  readonly digest: string = DIGEST;
  readonly repeatable: boolean = false;
  readonly total: undefined;
  readonly format: Exclude<InputFormat, "range">;
  header?: string;
  private readonly iterator: AsyncIterator<Uint8Array>;
  private readonly parser: RecordParser;
  private readonly first: Uint8Array[];
  /** Rows that were read and not given yet. */
  private waiting: readonly (BatchRow | RejectedRow)[] | undefined;
  private walked = false;
  private ended = false;

  constructor(
    first: readonly Uint8Array[],
    iterator: AsyncIterator<Uint8Array>,
    format: Exclude<InputFormat, "range">,
    options: RowOptions,
  ) {
    this.first = [...first];
    this.iterator = iterator;
    this.format = format;
    this.parser = new RecordParser({ name: NAME, format, duplicates: createDuplicateCheck(), options });
  }

  check(): never {
    throw new RangeError("a stream can be walked only once");
  }

  async waitForRow(): Promise<void> {
    while (this.waiting === undefined || this.waiting.length === 0) {
      this.waiting = await this.read();
      if (this.waiting.length === 0) this.parser.throwFailure();
    }
  }

  async *rows(): AsyncIterable<BatchRow | RejectedRow> {
    if (this.walked) throw new RangeError("a stream can be walked only once");
    this.walked = true;
    for (;;) {
      const rows = this.waiting ?? (await this.read());
      this.waiting = undefined;
      yield* rows;
      this.parser.throwFailure();
      if (this.ended) return;
    }
  }

  /** Gives the rows that the next octets complete, or the end does. */
  private async read(): Promise<readonly (BatchRow | RejectedRow)[]> {
    const chunk = this.first.shift() ?? (await nextChunk(this.iterator));
    this.ended = chunk === undefined;
    const rows = chunk === undefined ? this.parser.end() : this.parser.feed(chunk);
    this.noteHeader();
    return rows;
  }

  private noteHeader(): void {
    if (this.parser.header !== undefined) this.header = this.parser.header;
  }
}

async function nextChunk(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    const { done, value } = await iterator.next();
    return done === true ? undefined : value;
  } catch (error) {
    throw fileError(error, "read", NAME);
  }
}
