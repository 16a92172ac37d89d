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
  private first: readonly Uint8Array[] | undefined;

  constructor(
    first: readonly Uint8Array[],
    iterator: AsyncIterator<Uint8Array>,
    format: Exclude<InputFormat, "range">,
    options: RowOptions,
  ) {
    this.first = first;
    this.iterator = iterator;
    this.format = format;
    this.parser = new RecordParser({ name: NAME, format, duplicates: createDuplicateCheck(), options });
  }

  check(): never {
    throw new RangeError("a stream can be walked only once");
  }

  async *rows(): AsyncIterable<BatchRow | RejectedRow> {
    const { first } = this;
    if (first === undefined) throw new RangeError("a stream can be walked only once");
    this.first = undefined;
    for (const chunk of first) yield* this.feed(chunk);
    for (;;) {
      const chunk = await nextChunk(this.iterator);
      if (chunk === undefined) break;
      yield* this.feed(chunk);
    }
    const rows = this.parser.end();
    this.noteHeader();
    yield* rows;
    this.parser.throwFailure();
  }

  private *feed(chunk: Uint8Array): Generator<BatchRow | RejectedRow> {
    const rows = this.parser.feed(chunk);
    this.noteHeader();
    yield* rows;
    this.parser.throwFailure();
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
