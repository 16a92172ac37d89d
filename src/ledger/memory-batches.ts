import { createHash } from "node:crypto";
import type {
  Batch,
  BatchId,
  BatchLine,
  BatchProgress,
  BatchRequest,
  BatchRow,
  ChunkCommit,
  ChunkRow,
  RowOutcome,
} from "./batch.ts";
import { chunkIssued, type EventKind, rowsRefused } from "./event.ts";
import type { LedgerRow } from "./ledger.ts";
import { type BatchEntry, type Entry, keyOf, type MemoryState, noteInMemory } from "./memory-state.ts";
import {
  batchBusy,
  batchInputChanged,
  batchLost,
  requestChanged,
  serialDuplicate,
  serialRepeated,
} from "./refusals.ts";

const NOTHING: BatchProgress = { issued: 0, refused: 0, lastLine: 0, outputLength: 0, manifestLength: 0 };

/** The batches of a ledger in memory, as whoever is `me` sees them. */
export class MemoryBatches {
  private readonly state: MemoryState;
  private readonly me: object;

  constructor(state: MemoryState, me: object) {
    this.state = state;
    this.me = me;
  }

  /** As Ledger.openBatch. */
  open(request: BatchRequest): Batch {
    const { batches } = this.state;
    const { issuer, inputDigest, output, policyDigest, atMs } = request;
    for (const other of batches)
      if (other.output === output && other.holder !== this.me && this.isHeld(other))
        throw batchBusy(other.id, output);
    const known = batches.find(
      (one) =>
        one.issuer === issuer &&
        one.inputDigest === inputDigest &&
        one.output === output &&
        one.policyDigest === policyDigest,
    );
    if (known?.finished !== undefined) return { ...describe(known), resumed: true };
    const batch: BatchEntry = known ?? {
      ...{ id: batches.length + 1, issuer, inputDigest, output, policyDigest, begunMs: atMs },
      ...{ holder: this.me, progress: NOTHING, finished: undefined },
    };
    batch.holder = this.me;
    if (known === undefined) batches.push(batch);
    this.note(known === undefined ? "batch-begun" : "batch-resumed", batch, atMs, output);
    return { ...describe(batch), resumed: known !== undefined };
  }

  /** Throws `batch.lost` where the batch is not ours. */
  checkOwn(batch: Batch): BatchEntry {
    const entry = this.state.batches[batch.id - 1];
    if (entry?.holder !== this.me || entry.finished !== undefined) throw batchLost(batch.id);
    return entry;
  }

  /** Counts a chunk that was committed. */
  advance(batch: Batch, commit: ChunkCommit): void {
    const entry = this.checkOwn(batch);
    const { issued, refused = 0, lastLine, outputLength, manifestLength, atMs } = commit;
    entry.progress = {
      issued: entry.progress.issued + issued.serials.length,
      refused: entry.progress.refused + refused,
      lastLine,
      outputLength,
      manifestLength: manifestLength ?? entry.progress.manifestLength,
    };
    if (issued.serials.length > 0) {
      const digest = createHash("sha256").update(issued.certificateSha256).digest();
      const { kind, detail } = chunkIssued(issued.serials.length, lastLine);
      this.note(kind, entry, atMs, detail, new Uint8Array(digest));
    }
    if (refused === 0) return;
    const { kind, detail } = rowsRefused(refused, lastLine);
    this.note(kind, entry, atMs, detail);
  }

  /** As Ledger.finishBatch. */
  finish(batch: Batch, summary: string, atMs: number): void {
    const entry = this.checkOwn(batch);
    entry.finished = { atMs, summary };
    entry.holder = undefined;
    this.note("batch-finished", entry, atMs, summary);
  }

  /** As Ledger.leaveBatch. */
  leave(batch: Batch): void {
    this.checkOwn(batch).holder = undefined;
  }

  /** As Ledger.batchProgress. */
  progress(id: BatchId): BatchProgress {
    const entry = this.state.batches[id - 1];
    if (entry === undefined) throw batchLost(id);
    return entry.progress;
  }

  /** As Ledger.batches. */
  all(): readonly BatchRow[] {
    return [...this.state.batches].reverse().map((entry) => ({
      ...describe(entry),
      abandoned: entry.finished === undefined && !this.isHeld(entry),
    }));
  }

  /** As Ledger.batchLines. */
  lines(id: BatchId, from: number, to: number): readonly BatchLine[] {
    return [...this.state.rows.values()]
      .flatMap(({ batch, line, serial, name }) =>
        batch === id && line !== undefined && line >= from && line <= to ? [{ line, serial, name }] : [],
      )
      .sort((a, b) => a.line - b.line);
  }

  /** Who has a batch. */
  holder(id: BatchId): object | undefined {
    return this.state.batches[id - 1]?.holder;
  }

  /** Whether a batch is still to be finished. */
  isUnfinished(id: BatchId): boolean {
    return this.state.batches[id - 1]?.finished === undefined;
  }

  /** What a row that finds its serial taken is told. */
  outcome(batch: Batch, row: ChunkRow, taken: Entry, known: LedgerRow): RowOutcome {
    if (taken.batch !== batch.id || taken.line === undefined)
      return { outcome: "refused", error: serialDuplicate(known) };
    if (taken.line !== row.line) return { outcome: "refused", error: serialRepeated(row.serial, taken.line) };
    const given = row.spkiSha256 === undefined ? undefined : keyOf(row.spkiSha256);
    const sameKey = given === undefined ? taken.keyElsewhere !== true : given === taken.spki;
    const reserved = taken.certificate === undefined && taken.keyElsewhere === true;
    if (reserved && taken.name === row.name && given !== undefined && !sameKey)
      return { outcome: "refused", error: requestChanged(row) };
    if (taken.name !== row.name || !sameKey) throw batchInputChanged(row, taken.name);
    return taken.certificate === undefined ? { outcome: "reserved", takenOver: true } : { outcome: "issued" };
  }

  private isHeld(batch: BatchEntry): boolean {
    return batch.holder !== undefined && this.state.present.has(batch.holder);
  }

  private note(
    kind: EventKind,
    { id, issuer }: BatchEntry,
    atMs: number,
    detail: string,
    digest?: Uint8Array,
  ): void {
    const event = { kind, atMs, issuer, batch: id, detail };
    noteInMemory(this.state, digest === undefined ? event : { ...event, digest });
  }
}

function describe(entry: BatchEntry): Omit<Batch, "resumed"> {
  const { id, issuer, inputDigest, output, policyDigest, begunMs, progress, finished } = entry;
  const batch = { id, issuer, inputDigest, output, policyDigest, begunMs, progress };
  return finished === undefined ? batch : { ...batch, finished };
}
