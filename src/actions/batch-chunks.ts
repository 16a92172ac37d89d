import type { Makers, RequestRead, RequestToRead } from "./batch-order.ts";
import { type BatchInput, type BatchRow, isRejected, type RejectedRow } from "./batch-row.ts";
import type { ProvenRequests } from "./proven-requests.ts";

/** Rows that go through a batch together. */
export interface Rows {
  readonly rows: readonly BatchRow[];
  readonly rejected: readonly RejectedRow[];
  /** The last line of them all. */
  readonly lastLine: number;
}

/** Rows whose requests are read. */
export interface Chunk extends Rows {
  /** What came of the requests of those rows that bring one, by their place in `rows`. */
  readonly requests: ReadonlyMap<number, RequestRead>;
}

/** Cuts an input into chunks of `size` rows as it is then, in its order; those up to the line `after` are passed over. */
export async function* cutIntoChunks(
  input: BatchInput,
  size: () => number,
  after: number,
): AsyncGenerator<Rows> {
  let rows: BatchRow[] = [];
  let rejected: RejectedRow[] = [];
  let lastLine = after;
  const take = (): Rows => {
    const chunk = { rows, rejected, lastLine };
    rows = [];
    rejected = [];
    return chunk;
  };
  try {
    for await (const row of input.rows()) {
      if (row.line <= after) continue;
      lastLine = row.line;
      if (isRejected(row)) rejected.push(row);
      else rows.push(row);
      if (rows.length + rejected.length >= size()) yield take();
    }
  } catch (error) {
    // What was read before can be issued all the same.
    if (rows.length + rejected.length > 0) yield take();
    throw error;
  }
  if (rows.length + rejected.length > 0) yield take();
}

/** Has the requests that rows bring read, and checked but for those that are proven. */
export async function withRequests(
  chunk: Rows,
  makers: Pick<Makers, "readRequests">,
  proven: ProvenRequests | undefined,
): Promise<Chunk> {
  const places: number[] = [];
  const requests = chunk.rows.flatMap(({ line, csr }, index): readonly RequestToRead[] => {
    if (csr === undefined) return [];
    places.push(index);
    const sha256 = proven?.find(line);
    return [{ request: csr, ...(sha256 === undefined ? {} : { proven: sha256 }) }];
  });
  if (places.length === 0) return { ...chunk, requests: NONE };
  const read = await makers.readRequests(requests);
  return { ...chunk, requests: new Map(places.map((index, at) => [index, read[at] as RequestRead])) };
}

const NONE: ReadonlyMap<number, RequestRead> = new Map();
