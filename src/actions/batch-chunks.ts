import type { Makers, RequestRead } from "./batch-order.ts";
import { type BatchInput, type BatchRow, isRejected, type RejectedRow } from "./batch-row.ts";

/** Rows that go through a batch together. */
export interface Chunk {
  readonly rows: readonly BatchRow[];
  readonly rejected: readonly RejectedRow[];
  /** The last line of them all. */
  readonly lastLine: number;
  /** What came of the requests of those rows that bring one, by their place in `rows`. */
  readonly requests: ReadonlyMap<number, RequestRead>;
}

/** How an input is cut into chunks. */
export interface ChunkOrder {
  readonly size: number;
  /** Rows up to this line are passed over: they are done with. */
  readonly after: number;
  readonly makers: Pick<Makers, "readRequests">;
}

/** Cuts an input into chunks, in its order; reads and checks the requests that their rows bring. */
export async function* readChunks(
  input: BatchInput,
  { size, after, makers }: ChunkOrder,
): AsyncGenerator<Chunk> {
  let rows: BatchRow[] = [];
  let rejected: RejectedRow[] = [];
  let lastLine = after;
  const take = async (): Promise<Chunk> => {
    const chunk = { rows, rejected, lastLine, requests: await readRequests(rows, makers) };
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
      if (rows.length + rejected.length >= size) yield await take();
    }
  } catch (error) {
    // What was read before can be issued all the same.
    if (rows.length + rejected.length > 0) yield await take();
    throw error;
  }
  if (rows.length + rejected.length > 0) yield await take();
}

async function readRequests(
  rows: readonly BatchRow[],
  makers: Pick<Makers, "readRequests">,
): Promise<ReadonlyMap<number, RequestRead>> {
  const places = rows.flatMap(({ csr }, index) => (csr === undefined ? [] : [index]));
  if (places.length === 0) return NONE;
  const read = await makers.readRequests(places.map((index) => rows[index]?.csr ?? ""));
  return new Map(places.map((index, at) => [index, read[at] as RequestRead]));
}

const NONE: ReadonlyMap<number, RequestRead> = new Map();

/** Gives the items of a source one by one, and knows whether the next one is there already. */
export class Ahead<T> {
  private readonly source: AsyncIterator<T>;
  private pending: Promise<IteratorResult<T, unknown>> | undefined;
  private settled = false;
  private stopped = false;
  private wake: () => void = () => undefined;
  /** True once the source has ended, well or not. */
  ended = false;

  /** `stop`, once it is fulfilled, ends all waiting. */
  constructor(source: AsyncIterator<T>, stop: Promise<void>) {
    this.source = source;
    // Once for all: what is hung on a promise that is never fulfilled stays as long as that, and whatever it came to.
    void stop.then(() => {
      this.stopped = true;
      this.wake();
    });
    this.fetch();
  }

  /** Whether `next` need not wait. */
  get isReady(): boolean {
    return this.settled && !this.ended;
  }

  /** The next item; undefined at the end, or where it was stopped before there was one. Throws as the source does. */
  async next(): Promise<T | undefined> {
    const { pending } = this;
    if (pending === undefined) return undefined;
    if (!this.settled && !this.stopped)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    if (!this.settled) return undefined;
    let step: IteratorResult<T, unknown>;
    try {
      step = await pending;
    } catch (error) {
      this.end();
      throw error;
    }
    if (step.done === true) {
      this.end();
      return undefined;
    }
    this.fetch();
    return step.value;
  }

  private fetch(): void {
    this.settled = false;
    const pending = this.source.next();
    this.pending = pending;
    const settle = (): void => {
      if (this.pending !== pending) return;
      this.settled = true;
      this.wake();
    };
    pending.then(settle, settle);
  }

  private end(): void {
    this.ended = true;
    this.pending = undefined;
  }
}
