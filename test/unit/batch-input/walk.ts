import type { BatchInput, BatchRow, InputCount, RejectedRow } from "../../../src/actions/batch-row.ts";
import { isRejected } from "../../../src/actions/batch-row.ts";
import { createDuplicateCheck } from "../../../src/batch-input/duplicates.ts";
import { RecordParser } from "../../../src/batch-input/record-parser.ts";
import type { RowOptions } from "../../../src/batch-input/row-maker.ts";

/** What came of reading an input to its end, or to where reading can't go on. */
export interface Walked {
  readonly rows: readonly BatchRow[];
  readonly rejected: readonly RejectedRow[];
  readonly failure: unknown;
  readonly header: string | undefined;
}

/** Reads a text, or octets, in pieces of `pieceLength`. */
export function read(
  content: string | Uint8Array,
  format: "csv" | "ndjson" = "csv",
  { pieceLength = 1 << 20, ...options }: RowOptions & { readonly pieceLength?: number } = {},
): Walked {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const parser = new RecordParser({
    name: "in.txt",
    format,
    duplicates: createDuplicateCheck(),
    options: { checkRow: () => {}, ...options },
  });
  const all: (BatchRow | RejectedRow)[] = [];
  let failure: unknown;
  try {
    for (let at = 0; at < bytes.length; at += pieceLength) {
      // A copy that is overwritten afterwards, as a reader's own memory is.
      const piece = Buffer.from(bytes.subarray(at, at + pieceLength));
      all.push(...parser.feed(piece));
      piece.fill(0x58);
      parser.throwFailure();
    }
    all.push(...parser.end());
    parser.throwFailure();
  } catch (error) {
    failure = error;
  }
  return {
    rows: all.filter((row): row is BatchRow => !isRejected(row)),
    rejected: all.filter(isRejected),
    failure,
    header: parser.header,
  };
}

/** Walks an input to its end. */
export async function walk(input: BatchInput): Promise<readonly (BatchRow | RejectedRow)[]> {
  const all: (BatchRow | RejectedRow)[] = [];
  for await (const row of input.rows()) all.push(row);
  return all;
}

/** Looks through an input: the rows that it rejects, and its count. */
export function checked(input: BatchInput): {
  readonly told: readonly RejectedRow[];
  readonly count: InputCount;
} {
  const told: RejectedRow[] = [];
  const walking = input.check();
  for (;;) {
    const step = walking.next();
    if (step.done === true) return { told, count: step.value };
    told.push(...step.value.filter(isRejected));
  }
}
