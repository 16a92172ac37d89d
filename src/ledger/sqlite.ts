import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { SamicertsError } from "../base/errors.ts";
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
import { checkRecord } from "./check-record.ts";
import type { EventEnd, EventNote, EventRow, RecordFault, RecordTally } from "./event.ts";
import type { LineRow } from "./factory-line.ts";
import { certificatesOf } from "./issued-columns.ts";
import type {
  IssuedCertificate,
  IssuerEntry,
  IssuerId,
  IssuerRow,
  Ledger,
  LedgerRow,
  Reservation,
  ReservationRequest,
} from "./ledger.ts";
import type { Listed, ListFilter, ListPage } from "./listing.ts";
import { keyDuplicate } from "./refusals.ts";
import { SqliteBatches } from "./sqlite-batches.ts";
import { connectLedger } from "./sqlite-connection.ts";
import { isNotUnique } from "./sqlite-error.ts";
import { note, readEventEnd, readEvents } from "./sqlite-events.ts";
import { findKeyRow, findRow, findSuccessors, stands } from "./sqlite-find.ts";
import { readLines } from "./sqlite-lines.ts";
import { listRows } from "./sqlite-list.ts";
import { SqliteReservations } from "./sqlite-reservations.ts";
import { SqliteRevocations } from "./sqlite-revocations.ts";
import { SQL } from "./sqlite-statements.ts";
import { SqliteStore } from "./sqlite-store.ts";

/**
 * Opens the ledger in the SQLite file `path`, made where it is absent; many processes may have it open at once.
 * `busyMs` is how long to wait for others wherever it is locked.
 * After `close` the file and its write-ahead log are let go when the process ends, or its memory is collected.
 * Nobody else in this process may open and close that file, nor those beside it: that would free SQLite's locks.
 * Throws `ledger.newer`, `ledger.foreign`, `ledger.locked`, `ledger.damaged`, `io.*` (all kind `io`).
 */
export function openSqliteLedger(path: string, busyMs: number): Ledger {
  return new SqliteLedger(new SqliteStore(path, connectLedger(path, busyMs), busyMs));
}

interface StoredIssuer {
  readonly id: IssuerId;
  readonly subject: string;
  readonly spki_sha256: ArrayBuffer;
  readonly created_ms: number;
}

class SqliteLedger implements Ledger {
  readonly revocations: SqliteRevocations;
  private readonly store: SqliteStore;
  private readonly batchStore: SqliteBatches;
  private readonly reservations: SqliteReservations;

  constructor(store: SqliteStore) {
    this.store = store;
    this.reservations = new SqliteReservations(store, (issuer) => this.addIssuer(issuer));
    this.batchStore = new SqliteBatches(store);
    this.revocations = new SqliteRevocations(store);
  }

  addIssuer(issuer: IssuerEntry): IssuerId {
    const { store } = this;
    const known = (): IssuerId | undefined =>
      store.get<StoredIssuer>(SQL.findIssuer, issuer.spkiSha256, issuer.subject)?.id;
    const found = known();
    if (found !== undefined) return found;
    return store.within(() => {
      const added = store.run(SQL.addIssuer, issuer.subject, issuer.spkiSha256, issuer.createdMs);
      const id = known() as IssuerId;
      const { subject, spkiSha256, createdMs } = issuer;
      if (added === 1)
        note(store, {
          kind: "issuer-added",
          atMs: createdMs,
          issuer: id,
          digest: spkiSha256,
          detail: subject,
        });
      return id;
    });
  }

  issuers(): readonly IssuerRow[] {
    return this.store.all<StoredIssuer>(SQL.issuers).map(({ id, subject, spki_sha256, created_ms }) => ({
      id,
      subject,
      spkiSha256: new Uint8Array(spki_sha256),
      createdMs: created_ms,
    }));
  }

  reserve(request: ReservationRequest): Reservation {
    return this.reservations.reserve(request);
  }

  takeOver(request: ReservationRequest): Reservation {
    return this.reservations.takeOver(request);
  }

  commit(reservation: Reservation, certificate: IssuedCertificate): void {
    this.reservations.commit(reservation, certificate);
  }

  release(reservation: Reservation): void {
    this.reservations.release(reservation);
  }

  abandon(reservation: Reservation): void {
    this.reservations.abandon(reservation);
  }

  find(issuer: IssuerId, serial: string): LedgerRow | undefined {
    return findRow(this.store, issuer, serial);
  }

  stands(issuer: IssuerId, serial: string, certificateSha256: Uint8Array): boolean {
    return stands(this.store, issuer, serial, certificateSha256);
  }

  findKey(spkiSha256: Uint8Array): LedgerRow | undefined {
    return findKeyRow(this.store, spkiSha256);
  }

  successors(issuer: IssuerId, serial: string): readonly LedgerRow[] {
    return findSuccessors(this.store, issuer, serial);
  }

  lines(): readonly LineRow[] {
    return readLines(this.store);
  }

  openBatch(request: BatchRequest): Batch {
    return this.batchStore.open(request);
  }

  reserveChunk(batch: Batch, rows: readonly ChunkRow[], atMs: number): readonly RowOutcome[] {
    return this.batchStore.turn(batch, undefined, rows, atMs);
  }

  commitChunk(batch: Batch, commit: ChunkCommit): void {
    this.turnChunk(batch, commit, [], commit.atMs);
  }

  turnChunk(
    batch: Batch,
    commit: ChunkCommit,
    rows: readonly ChunkRow[],
    atMs: number,
  ): readonly RowOutcome[] {
    try {
      return this.batchStore.turn(batch, commit, rows, atMs);
    } catch (error) {
      if (!isNotUnique((error as Error).cause)) throw error;
      for (const certificate of certificatesOf(commit.issued)) {
        const row = this.findKey(certificate.spkiSha256);
        if (row !== undefined) throw keyDuplicate(certificate, row);
      }
      throw keyDuplicate({ serial: commit.issued.serials[0] ?? "0" }, undefined);
    }
  }

  batchProgress(batch: BatchId): BatchProgress {
    return this.batchStore.progress(batch);
  }

  finishBatch(batch: Batch, summary: string, atMs: number): void {
    this.batchStore.finish(batch, summary, atMs);
  }

  leaveBatch(batch: Batch): void {
    this.batchStore.leave(batch);
  }

  batches(): readonly BatchRow[] {
    return this.batchStore.all();
  }

  batchLines(batch: BatchId, from: number, to: number): readonly BatchLine[] {
    return this.store.all<BatchLine>(SQL.batchLines, batch, from, to);
  }

  findNames(issuer: IssuerId, names: readonly string[]): ReadonlyMap<string, string> {
    const rows = this.store.all<{ readonly name: string; readonly serial: string }>(
      SQL.findNames,
      issuer,
      JSON.stringify(names),
    );
    return new Map(rows.map(({ name, serial }) => [name, serial]));
  }

  findRefusals(issuer: IssuerId, rows: readonly ChunkRow[]): readonly (SamicertsError | undefined)[] {
    return this.batchStore.findRefusals(issuer, rows);
  }

  list(filter: ListFilter, page: ListPage): Listed {
    return listRows(this.store, filter, page);
  }

  note(event: EventNote): void {
    // What is refused is told at once, recorded or not.
    if (event.kind === "refused") this.store.inHaste(() => note(this.store, event));
    else note(this.store, event);
  }

  events(after: number, limit: number): readonly EventRow[] {
    return readEvents(this.store, after, limit);
  }

  eventEnd(): EventEnd {
    return readEventEnd(this.store);
  }

  checkRecord(head?: Uint8Array): Generator<RecordFault, RecordTally> {
    return this.store.asOfNow(() => checkRecord(this, head));
  }

  countIssued(): ReadonlyMap<BatchId | undefined, number> {
    const rows = this.store.all<{ readonly batch: number | null; readonly count: number }>(SQL.countIssued);
    return new Map(rows.map(({ batch, count }) => [batch ?? undefined, count]));
  }

  checkIntegrity(): readonly string[] {
    const damage = this.store
      .all<{ readonly integrity_check: string }>(SQL.integrity)
      .map((row) => row.integrity_check)
      .filter((line) => line !== "ok");
    const orphans = this.store
      .all<{ readonly table: string; readonly rowid: number; readonly parent: string }>(SQL.foreignKeys)
      .map(({ table, rowid, parent }) => `row ${rowid} of ${table} points to nothing in ${parent}`);
    return [...damage, ...orphans];
  }

  backup(path: string): void {
    if (existsSync(path))
      throw new SamicertsError({
        kind: "exists",
        code: "exists.file",
        message: `${path} exists already`,
        hint: "a backup never takes the place of another file; choose a new name",
      });
    if (path.includes("\0")) throw new RangeError("a path has no NUL in it");
    this.store.executeInto(path, `VACUUM INTO '${resolve(path).replaceAll("'", "''")}'`);
  }

  close(): void {
    this.store.close();
  }
}
