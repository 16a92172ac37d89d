import { createHash } from "node:crypto";
import type { SamicertsError } from "../base/errors.ts";
import type {
  Batch,
  BatchId,
  BatchProgress,
  BatchRequest,
  BatchRow,
  ChunkCommit,
  ChunkRow,
  RowOutcome,
} from "./batch.ts";
import { chunkIssued, rowsRefused } from "./event.ts";
import { isWithin } from "./factory-line.ts";
import { byValidity, type SameValidity } from "./issued-columns.ts";
import type { IssuerId } from "./ledger.ts";
import { serialOutsideLine } from "./line-refusals.ts";
import {
  batchBusy,
  batchInputChanged,
  batchLost,
  checkRequest,
  keyDuplicate,
  requestChanged,
  reservationLost,
  serialDuplicate,
  serialRepeated,
} from "./refusals.ts";
import { isOtherRequest, isSame } from "./row-request.ts";
import { inColumn, keysOf, placesOf } from "./sqlite-columns.ts";
import { note } from "./sqlite-events.ts";
import { boundsOf } from "./sqlite-lines.ts";
import { ledgerRow, type StoredRow } from "./sqlite-row.ts";
import { SQL } from "./sqlite-statements.ts";
import type { SqliteStore } from "./sqlite-store.ts";

interface StoredBatch {
  readonly id: BatchId;
  readonly issuer: number;
  readonly input_digest: string;
  readonly output: string;
  readonly policy_digest: string;
  readonly holder: string | null;
  readonly begun_ms: number;
  readonly finished_ms: number | null;
  readonly summary: string | null;
  readonly issued: number;
  readonly refused: number;
  readonly last_line: number;
  readonly output_length: number;
  readonly manifest_length: number;
}

const RESERVED: RowOutcome = { outcome: "reserved", takenOver: false };
const TAKEN_OVER: RowOutcome = { outcome: "reserved", takenOver: true };
const ISSUED: RowOutcome = { outcome: "issued" };

/** The batches of a SQLite ledger. A batch's reservations are held by whoever holds the batch. */
export class SqliteBatches {
  private readonly store: SqliteStore;

  constructor(store: SqliteStore) {
    this.store = store;
  }

  /** As Ledger.openBatch. */
  open(request: BatchRequest): Batch {
    const { store } = this;
    const { issuer, inputDigest, output, policyDigest, atMs } = request;
    const identity = [output, inputDigest, issuer, policyDigest];
    const holder = store.holderId();
    return store.transaction(() => {
      for (const other of store.all<StoredBatch>(SQL.heldBatches, output))
        if (!store.isGone(other.holder)) throw batchBusy(other.id, output);
      const known = store.get<StoredBatch>(SQL.findBatch, ...identity);
      if (known !== undefined && known.finished_ms !== null) return opened(known, true);
      if (known === undefined) store.run(SQL.addBatch, ...identity, holder, atMs);
      else store.run(SQL.holdBatch, holder, known.id);
      const stored = store.get<StoredBatch>(SQL.findBatch, ...identity) as StoredBatch;
      const kind = known === undefined ? "batch-begun" : "batch-resumed";
      note(store, { kind, atMs, issuer, batch: stored.id, detail: output });
      return opened(stored, known !== undefined);
    });
  }

  /** Commits a chunk and reserves another, either of which may be nothing, in one transaction. */
  turn(
    batch: Batch,
    commit: ChunkCommit | undefined,
    rows: readonly ChunkRow[],
    atMs: number,
  ): readonly RowOutcome[] {
    for (const row of rows) checkRequest(row);
    return this.store.transaction(() => {
      if (commit === undefined) this.checkOwn(batch);
      else this.commit(batch, commit);
      return rows.length === 0 ? [] : this.reserve(batch, rows, atMs);
    });
  }

  /** As Ledger.finishBatch. */
  finish(batch: Batch, summary: string, atMs: number): void {
    const { store } = this;
    store.transaction(() => {
      if (store.run(SQL.finishBatch, atMs, summary, batch.id, store.holderId()) !== 1)
        throw batchLost(batch.id);
      note(store, { kind: "batch-finished", atMs, issuer: batch.issuer, batch: batch.id, detail: summary });
    });
  }

  /** As Ledger.leaveBatch. */
  leave(batch: Batch): void {
    if (this.store.run(SQL.leaveBatch, batch.id, this.store.holderId()) !== 1) throw batchLost(batch.id);
  }

  /** As Ledger.batchProgress. */
  progress(id: BatchId): BatchProgress {
    const stored = this.store.get<StoredBatch>(SQL.batchById, id);
    if (stored === undefined) throw batchLost(id);
    return progressOf(stored);
  }

  /** As Ledger.batches. */
  all(): readonly BatchRow[] {
    return this.store.all<StoredBatch>(SQL.batches).map((stored) => ({
      ...describe(stored),
      abandoned: stored.finished_ms === null && this.store.isGone(stored.holder),
    }));
  }

  private checkOwn(batch: Batch): void {
    if (this.store.get(SQL.ownBatch, batch.id, this.store.holderId()) === undefined)
      throw batchLost(batch.id);
  }

  private reserve(batch: Batch, asked: readonly ChunkRow[], atMs: number): readonly RowOutcome[] {
    const { store } = this;
    const bounds = boundsOf(store, batch.issuer);
    if (bounds === undefined) return this.reserveRows(batch, asked, atMs);
    const isFine = (row: ChunkRow): boolean => isWithin(row.serial, bounds.serials);
    const outcomes = this.reserveRows(batch, asked.filter(isFine), atMs)[Symbol.iterator]();
    return asked.map((row): RowOutcome => {
      if (!isFine(row)) return { outcome: "refused", error: serialOutsideLine(row.serial, bounds) };
      return outcomes.next().value as RowOutcome;
    });
  }

  private reserveRows(batch: Batch, rows: readonly ChunkRow[], atMs: number): readonly RowOutcome[] {
    const { store } = this;
    if (rows.length === 0) return [];
    const before = store.get<{ readonly id: number }>(SQL.lastCertificate)?.id ?? 0;
    const names = JSON.stringify(rows.map(({ name }) => name));
    const serials = inColumn(rows.map(({ serial }) => serial));
    const lines = inColumn(rows.map(({ line }) => line.toString()));
    const places = [serials.octets, serials.width, lines.octets, lines.width];
    const taken = store.run(
      SQL.reserveChunk,
      ...[batch.issuer, batch.id, atMs, names],
      ...places,
      keysOf(rows),
    );
    if (taken === rows.length) return rows.map(() => RESERVED);
    const found = this.findSerials(batch.issuer, rows);
    const isGone = this.goneOnce();
    return rows.map((row, place): RowOutcome => {
      const stored = found.get(place);
      if (stored === undefined) return { outcome: "refused", error: this.keyTaken(row, isGone) };
      if (stored.batch === batch.id && stored.line === row.line) {
        if (isOtherRequest(row, stored)) return { outcome: "refused", error: requestChanged(row) };
        if (!isSame(row, stored)) throw batchInputChanged(row, stored.name);
        return stored.state === "issued" ? ISSUED : stored.id > before ? RESERVED : TAKEN_OVER;
      }
      const error =
        stored.batch === batch.id && stored.line !== null
          ? serialRepeated(row.serial, stored.line)
          : serialDuplicate(ledgerRow(stored, isGone));
      return { outcome: "refused", error };
    });
  }

  /** As Ledger.findRefusals. */
  findRefusals(issuer: IssuerId, rows: readonly ChunkRow[]): readonly (SamicertsError | undefined)[] {
    const bounds = boundsOf(this.store, issuer);
    const found = this.findSerials(issuer, rows);
    const isGone = this.goneOnce();
    return rows.map((row, place) => {
      if (bounds !== undefined && !isWithin(row.serial, bounds.serials))
        return serialOutsideLine(row.serial, bounds);
      const stored = found.get(place);
      if (stored !== undefined) return serialDuplicate(ledgerRow(stored, isGone));
      const { spkiSha256 } = row;
      const isNew = spkiSha256 === undefined || this.store.get(SQL.findKey, spkiSha256) === undefined;
      return isNew ? undefined : this.keyTaken(row, isGone);
    });
  }

  /** The rows of those serials that are taken, by their places. */
  private findSerials(issuer: IssuerId, rows: readonly ChunkRow[]): ReadonlyMap<number, StoredRow> {
    const serials = JSON.stringify(rows.map(({ serial }) => serial));
    const found = this.store.all<StoredRow & { readonly place: number }>(SQL.chunkRows, issuer, serials);
    return new Map(found.map((stored) => [stored.place, stored]));
  }

  /** Asks of each holder once. */
  private goneOnce(): (holder: string | null) => boolean {
    const gone = new Map<string | null, boolean>();
    return (holder) => {
      const known = gone.get(holder) ?? this.store.isGone(holder);
      gone.set(holder, known);
      return known;
    };
  }

  /** There is no row of this serial, so it was the key that was in the way. */
  private keyTaken(row: ChunkRow, isGone: (holder: string | null) => boolean): SamicertsError {
    const other =
      row.spkiSha256 === undefined ? undefined : this.store.get<StoredRow>(SQL.findKey, row.spkiSha256);
    return keyDuplicate(row, other === undefined ? undefined : ledgerRow(other, isGone));
  }

  private commit(batch: Batch, commit: ChunkCommit): void {
    const { store } = this;
    const { issued, released = [], refused = 0, lastLine, outputLength, manifestLength, atMs } = commit;
    const { serials, der, derLengths, certificateSha256 } = issued;
    const count = serials.length;
    const lengths = [count, refused, lastLine, outputLength, manifestLength ?? null];
    if (store.run(SQL.advanceBatch, ...lengths, batch.id, store.holderId()) !== 1) throw batchLost(batch.id);
    if (released.length > 0) store.run(SQL.releaseChunk, batch.issuer, JSON.stringify(released), batch.id);
    const about = { issuer: batch.issuer, batch: batch.id, atMs };
    const refusal = refused === 0 ? undefined : { ...about, ...rowsRefused(refused, lastLine) };
    if (count > 0) {
      let changed = 0;
      for (const same of byValidity(issued)) changed += this.commitSame(batch, same);
      if (changed !== count) throw this.lost(batch, commit);
      const places = placesOf(derLengths);
      store.run(
        SQL.addChunkDer,
        ...[batch.issuer, JSON.stringify(serials)],
        ...[der, places.octets, places.width],
      );
      const digest = createHash("sha256").update(certificateSha256).digest();
      note(store, { ...about, ...chunkIssued(count, lastLine), digest });
    }
    if (refusal !== undefined) note(store, refusal);
  }

  private commitSame(batch: Batch, same: SameValidity): number {
    const { serials, issuedMs, notBeforeMs, notAfterMs, spkiSha256, certificateSha256 } = same;
    return this.store.run(
      SQL.commitChunk,
      ...[batch.issuer, JSON.stringify(serials), batch.id],
      ...[issuedMs, notBeforeMs, notAfterMs, spkiSha256, certificateSha256],
    );
  }

  private lost(batch: Batch, { issued: { serials } }: ChunkCommit): Error {
    const { issuer } = batch;
    const lost = serials.find((serial) => {
      const row = this.store.get<StoredRow>(SQL.find, issuer, serial, serial);
      return row === undefined || row.batch !== batch.id;
    });
    return reservationLost({ serial: lost ?? serials[0] ?? "0" });
  }
}

function opened(stored: StoredBatch, resumed: boolean): Batch {
  return { ...describe(stored), resumed };
}

function describe(stored: StoredBatch): Omit<Batch, "resumed"> {
  const { id, issuer, output, finished_ms, summary } = stored;
  return {
    id,
    issuer,
    inputDigest: stored.input_digest,
    output,
    policyDigest: stored.policy_digest,
    begunMs: stored.begun_ms,
    progress: progressOf(stored),
    ...(finished_ms === null ? {} : { finished: { atMs: finished_ms, summary: summary ?? "" } }),
  };
}

function progressOf(stored: StoredBatch): BatchProgress {
  return {
    issued: stored.issued,
    refused: stored.refused,
    lastLine: stored.last_line,
    outputLength: stored.output_length,
    manifestLength: stored.manifest_length,
  };
}
