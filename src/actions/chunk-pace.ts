/** Rows that are committed at once, and those of them that a thread is given at once. */
export interface ChunkSizes {
  readonly chunk: number;
  readonly piece: number;
  /** Rows of the largest chunk, where nobody knows beforehand how long it takes; `chunk` where absent. */
  readonly most?: number;
}

/** A chunk that takes less is too small: the ledger's transactions then take much of the time. */
const QUICK_MS = 200;
/** One that takes longer is too large: Ctrl-C waits for the chunk in hand. */
const SLOW_MS = 1000;
/** A chunk has so many pieces at most. */
const MOST_PIECES = 16;

/** How large a batch's chunks are: as large as its pace permits. */
export class ChunkPace {
  private rows: number;
  private readonly sizes: ChunkSizes;
  private lastMs: number | undefined;

  constructor(sizes: ChunkSizes) {
    this.sizes = sizes;
    this.rows = sizes.chunk;
  }

  /** Rows of the next chunk. */
  get chunk(): number {
    return this.rows;
  }

  /** Rows of each piece of a chunk with so many. */
  pieceOf(rows: number): number {
    return Math.max(this.sizes.piece, Math.ceil(rows / MOST_PIECES));
  }

  /** Is told of each chunk that is committed, and when. */
  committed(atMs: number): void {
    const { chunk, most = chunk } = this.sizes;
    const tookMs = this.lastMs === undefined ? undefined : atMs - this.lastMs;
    this.lastMs = atMs;
    if (tookMs === undefined || tookMs < 0) return;
    if (tookMs < QUICK_MS) this.rows = Math.min(most, this.rows * 2);
    else if (tookMs > SLOW_MS) this.rows = Math.max(chunk, this.rows / 2);
  }
}
