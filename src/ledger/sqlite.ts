import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { SamicertsError } from "../base/errors.ts";
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
import type { EventNote, EventRow } from "./event.ts";
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
import { checkRequest, keyDuplicate, renewalUnknown, reservationLost, serialDuplicate } from "./refusals.ts";
import { SqliteBatches } from "./sqlite-batches.ts";
import { connectLedger, type SqlValue } from "./sqlite-connection.ts";
import { isNotUnique } from "./sqlite-error.ts";
import { note, readEvents } from "./sqlite-events.ts";
import { listRows } from "./sqlite-list.ts";
import { ledgerRow, type StoredRow } from "./sqlite-row.ts";
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
  return new SqliteLedger(new SqliteStore(path, connectLedger(path, busyMs)));
}

interface StoredIssuer {
  readonly id: IssuerId;
  readonly subject: string;
  readonly spki_sha256: ArrayBuffer;
  readonly created_ms: number;
}

class SqliteLedger implements Ledger {
  private readonly store: SqliteStore;
  private readonly batchStore: SqliteBatches;

  constructor(store: SqliteStore) {
    this.store = store;
    this.batchStore = new SqliteBatches(store);
  }

  addIssuer(issuer: IssuerEntry): IssuerId {
    const { store } = this;
    const known = (): IssuerId | undefined =>
      store.get<StoredIssuer>(SQL.findIssuer, issuer.spkiSha256, issuer.subject)?.id;
    const found = known();
    if (found !== undefined) return found;
    return store.transaction(() => {
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
    checkRequest(request);
    const { issuer, serial, name, spkiSha256, atMs } = request;
    const holder = this.store.holderId();
    const renews = this.renewed(request);
    const values: SqlValue[] = [issuer, serial, name, holder, atMs, spkiSha256 ?? null, renews];
    // Again where the row in the way was released before it could be looked at.
    for (;;) {
      if (this.store.run(SQL.reserve, ...values) === 1) return { issuer, serial, name, takenOver: false };
      const taken = this.find(issuer, serial);
      if (taken !== undefined) throw serialDuplicate(taken);
      const sameKey = spkiSha256 === undefined ? undefined : this.findKey(spkiSha256);
      if (sameKey !== undefined) throw keyDuplicate(request, sameKey);
    }
  }

  takeOver(request: ReservationRequest): Reservation {
    checkRequest(request);
    const { issuer, serial, name, spkiSha256, atMs } = request;
    const stored = this.stored(issuer, serial);
    if (stored === undefined) throw reservationLost({ serial });
    const row = this.toRow(stored);
    // What belongs to a batch may lie in that batch's output: only the batch itself can tell.
    const ofBatch = stored.batch !== null && stored.batch_finished_ms === null;
    if (!row.abandoned || row.name !== name || ofBatch) throw serialDuplicate(row);
    const holder = this.store.holderId();
    const values = [holder, atMs, spkiSha256 ?? null, issuer, serial, serial, stored.holder];
    const taken = this.unlessKeyExists(request, spkiSha256, () => this.store.run(SQL.takeOver, ...values));
    // Somebody else was faster.
    if (taken !== 1) throw serialDuplicate(this.find(issuer, serial) ?? row);
    return { issuer, serial, name, takenOver: true };
  }

  commit(reservation: Reservation, certificate: IssuedCertificate): void {
    const { store } = this;
    const { issuer, serial } = reservation;
    const { atMs, spkiSha256, certificateSha256, der, notBeforeMs, notAfterMs } = certificate;
    const columns = [atMs, certificateSha256, notBeforeMs, notAfterMs, spkiSha256];
    const holder = store.holderId();
    this.unlessKeyExists(reservation, spkiSha256, () =>
      store.transaction(() => {
        const values = [...columns, issuer, serial, serial, holder, spkiSha256];
        if (store.run(SQL.commit, ...values) !== 1) throw reservationLost(reservation);
        store.run(SQL.addDer, issuer, serial, serial, der);
        note(store, { kind: "issued", atMs, issuer, serial, digest: certificateSha256 });
      }),
    );
  }

  release(reservation: Reservation): void {
    this.giveUp(reservation, reservation.takenOver ? SQL.abandon : SQL.release);
  }

  abandon(reservation: Reservation): void {
    this.giveUp(reservation, SQL.abandon);
  }

  private giveUp(reservation: Reservation, sql: string): void {
    const { issuer, serial } = reservation;
    if (this.store.run(sql, issuer, serial, serial, this.store.holderId()) !== 1)
      throw reservationLost(reservation);
  }

  find(issuer: IssuerId, serial: string): LedgerRow | undefined {
    const stored = this.stored(issuer, serial);
    return stored === undefined ? undefined : this.toRow(stored);
  }

  findKey(spkiSha256: Uint8Array): LedgerRow | undefined {
    const stored = this.store.get<StoredRow>(SQL.findKey, spkiSha256);
    return stored === undefined ? undefined : this.toRow(stored);
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
      for (const certificate of commit.issued) {
        const row = this.findKey(certificate.spkiSha256);
        if (row !== undefined) throw keyDuplicate(certificate, row);
      }
      const [first] = commit.issued;
      throw keyDuplicate({ serial: first?.serial ?? "0" }, undefined);
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

  findNames(issuer: IssuerId, names: readonly string[]): ReadonlyMap<string, string> {
    const rows = this.store.all<{ readonly name: string; readonly serial: string }>(
      SQL.findNames,
      issuer,
      JSON.stringify(names),
    );
    return new Map(rows.map(({ name, serial }) => [name, serial]));
  }

  list(filter: ListFilter, page: ListPage): Listed {
    return listRows(this.store, filter, page);
  }

  note(event: EventNote): void {
    note(this.store, event);
  }

  events(after: number, limit: number): readonly EventRow[] {
    return readEvents(this.store, after, limit);
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
    this.store.execute(`VACUUM INTO '${resolve(path).replaceAll("'", "''")}'`);
  }

  close(): void {
    this.store.close();
  }

  private stored(issuer: IssuerId, serial: string): StoredRow | undefined {
    return this.store.get<StoredRow>(SQL.find, issuer, serial, serial);
  }

  private toRow(stored: StoredRow): LedgerRow {
    return ledgerRow(stored, (holder) => this.store.isGone(holder));
  }

  /** The row that a request says it renews; null where it renews none. */
  private renewed(request: ReservationRequest): number | null {
    const { renews } = request;
    if (renews === undefined) return null;
    const earlier = this.stored(renews.issuer, renews.serial);
    const key = earlier?.state === "issued" ? earlier.spki_sha256 : null;
    const same =
      key !== null && request.spkiSha256 !== undefined && Buffer.from(key).equals(request.spkiSha256);
    if (earlier === undefined || !same) throw renewalUnknown(request.serial, renews.serial);
    return earlier.id;
  }

  private unlessKeyExists<T>(
    subject: { readonly serial: string },
    spkiSha256: Uint8Array | undefined,
    work: () => T,
  ): T {
    try {
      return work();
    } catch (error) {
      if (spkiSha256 !== undefined && error instanceof Error && isNotUnique(error.cause))
        throw keyDuplicate(subject, this.findKey(spkiSha256));
      throw error;
    }
  }
}
