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
import { isWithin, type LineRow } from "./factory-line.ts";
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
import { serialOutsideLine } from "./line-refusals.ts";
import type { Listed, ListFilter, ListPage } from "./listing.ts";
import { MemoryBatches } from "./memory-batches.ts";
import { memoryBounds, memoryLines } from "./memory-lines.ts";
import { listMemory } from "./memory-list.ts";
import { MemoryReservations } from "./memory-reservations.ts";
import { MemoryRevocations } from "./memory-revocations.ts";
import { MemoryRows } from "./memory-rows.ts";
import { keyOf, type MemoryState, noteInMemory, removeEntry } from "./memory-state.ts";
import { checkRequest, reservationLost, serialDuplicate } from "./refusals.ts";

/** A ledger in memory that several may open, as they would a file: for measurements and rehearsals, where nothing need last. */
export interface MemoryLedger {
  open(): Ledger;
}

/** Makes an empty ledger in memory. */
export function memoryLedger(): MemoryLedger {
  const state: MemoryState = {
    issuers: [],
    rows: new Map(),
    keys: new Map(),
    lines: [],
    revocations: new Map(),
    crls: [],
    batches: [],
    events: [],
    present: new Set(),
  };
  return { open: () => new OpenLedger(state) };
}

class OpenLedger implements Ledger {
  readonly revocations: MemoryRevocations;
  private readonly state: MemoryState;
  private readonly me = {};
  private readonly batchStore: MemoryBatches;
  private readonly rows: MemoryRows;
  private readonly reservations: MemoryReservations;

  constructor(state: MemoryState) {
    this.state = state;
    this.batchStore = new MemoryBatches(state, this.me);
    this.rows = new MemoryRows(state, this.me, this.batchStore);
    this.revocations = new MemoryRevocations(this.rows);
    this.reservations = new MemoryReservations(this.rows, {
      addIssuer: (issuer) => this.addIssuer(issuer),
      note: (event) => this.note(event),
      isUnfinished: (batch) => this.batchStore.isUnfinished(batch),
    });
    state.present.add(this.me);
  }

  addIssuer(issuer: IssuerEntry): IssuerId {
    const { issuers } = this.state;
    const { subject, spkiSha256, createdMs } = issuer;
    const known = issuers.find(
      (one) => one.subject === subject && keyOf(one.spkiSha256) === keyOf(spkiSha256),
    );
    if (known !== undefined) return known.id;
    const id = issuers.length + 1;
    issuers.push({ id, subject, spkiSha256, createdMs });
    this.note({ kind: "issuer-added", atMs: createdMs, issuer: id, digest: spkiSha256, detail: subject });
    return id;
  }

  issuers(): readonly IssuerRow[] {
    return [...this.state.issuers];
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
    const entry = this.rows.entry(issuer, serial);
    return entry === undefined ? undefined : this.rows.toRow(entry);
  }

  stands(issuer: IssuerId, serial: string, certificateSha256: Uint8Array): boolean {
    const { certificate, revocation } = this.find(issuer, serial) ?? {};
    const same =
      certificate !== undefined && keyOf(certificate.certificateSha256) === keyOf(certificateSha256);
    return same && revocation === undefined;
  }

  findKey(spkiSha256: Uint8Array): LedgerRow | undefined {
    const spki = keyOf(spkiSha256);
    const found = [...this.state.rows.values()].filter((entry) => entry.spki === spki).at(-1);
    return found === undefined ? undefined : this.rows.toRow(found);
  }

  successors(issuer: IssuerId, serial: string): readonly LedgerRow[] {
    return this.rows.successors({ issuer, serial });
  }

  lines(): readonly LineRow[] {
    return memoryLines(this.state, (entry) => this.rows.toRow(entry));
  }

  openBatch(request: BatchRequest): Batch {
    return this.batchStore.open(request);
  }

  reserveChunk(batch: Batch, rows: readonly ChunkRow[], atMs: number): readonly RowOutcome[] {
    for (const row of rows) checkRequest(row);
    this.batchStore.checkOwn(batch);
    return rows.map((row) => this.reserveRow(batch, row, atMs));
  }

  commitChunk(batch: Batch, commit: ChunkCommit): void {
    this.batchStore.checkOwn(batch);
    const entries = Array.from(certificatesOf(commit.issued), (certificate) => {
      const entry = this.rows.entry(batch.issuer, certificate.serial);
      if (entry?.batch !== batch.id || entry.certificate !== undefined) throw reservationLost(certificate);
      const { serial, ...facts } = certificate;
      this.rows.checkKey({ issuer: batch.issuer, serial }, keyOf(certificate.spkiSha256));
      return { ...entry, spki: keyOf(certificate.spkiSha256), certificate: facts };
    });
    for (const entry of entries) this.rows.put(entry);
    for (const serial of commit.released ?? []) {
      const entry = this.rows.entry(batch.issuer, serial);
      if (entry?.batch === batch.id && entry.certificate === undefined) removeEntry(this.state, entry);
    }
    this.batchStore.advance(batch, commit);
  }

  turnChunk(
    batch: Batch,
    commit: ChunkCommit,
    rows: readonly ChunkRow[],
    atMs: number,
  ): readonly RowOutcome[] {
    for (const row of rows) checkRequest(row);
    this.commitChunk(batch, commit);
    return this.reserveChunk(batch, rows, atMs);
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

  findRefusals(issuer: IssuerId, rows: readonly ChunkRow[]): readonly (SamicertsError | undefined)[] {
    return rows.map((row) => {
      const taken = this.rows.entry(issuer, row.serial);
      const outside = this.outsideLine(issuer, row.serial);
      if (outside !== undefined || taken === undefined) return outside ?? this.keyTaken(issuer, row);
      return serialDuplicate(this.rows.toRow(taken));
    });
  }

  findNames(issuer: IssuerId, names: readonly string[]): ReadonlyMap<string, string> {
    return this.rows.findNames(issuer, names);
  }

  batchLines(batch: BatchId, from: number, to: number): readonly BatchLine[] {
    return this.batchStore.lines(batch, from, to);
  }

  list(filter: ListFilter, page: ListPage): Listed {
    return listMemory(this.state, filter, page, (entry) => this.rows.toRow(entry));
  }

  note(event: EventNote): void {
    noteInMemory(this.state, event);
  }

  events(after: number, limit: number): readonly EventRow[] {
    return this.state.events.slice(after, after + limit);
  }

  eventEnd(): EventEnd {
    const { events } = this.state;
    const last = events.at(-1);
    return last === undefined ? { written: 0 } : { written: events.length, last };
  }

  checkRecord(head?: Uint8Array): Generator<RecordFault, RecordTally> {
    return checkRecord(this, head);
  }

  countIssued(): ReadonlyMap<BatchId | undefined, number> {
    const counts = new Map<BatchId | undefined, number>();
    for (const { batch, certificate } of this.state.rows.values())
      if (certificate !== undefined) counts.set(batch, (counts.get(batch) ?? 0) + 1);
    return counts;
  }

  checkIntegrity(): readonly string[] {
    return [];
  }

  backup(_path: string): void {
    throw new SamicertsError({
      kind: "input",
      code: "ledger.in-memory",
      message: "a ledger in memory has no file to copy",
      hint: "use a ledger in a file",
    });
  }

  close(): void {
    this.state.present.delete(this.me);
  }

  private reserveRow(batch: Batch, row: ChunkRow, atMs: number): RowOutcome {
    const { issuer } = batch;
    const { serial, name, line, spkiSha256 } = row;
    const outside = this.outsideLine(issuer, serial);
    if (outside !== undefined) return { outcome: "refused", error: outside };
    const taken = this.rows.entry(issuer, serial);
    if (taken !== undefined) return this.batchStore.outcome(batch, row, taken, this.rows.toRow(taken));
    const keyTaken = this.keyTaken(issuer, row);
    if (keyTaken !== undefined) return { outcome: "refused", error: keyTaken };
    const spki = spkiSha256 === undefined ? undefined : keyOf(spkiSha256);
    const elsewhere = spki === undefined ? {} : { keyElsewhere: true as const };
    const held = {
      holder: undefined,
      batch: batch.id,
      line,
      spki,
      renews: undefined,
      replaces: undefined,
      ...elsewhere,
    };
    this.rows.put({ issuer, serial, name, reservedMs: atMs, ...held });
    return { outcome: "reserved", takenOver: false };
  }

  private outsideLine(issuer: IssuerId, serial: string): SamicertsError | undefined {
    const bounds = memoryBounds(this.state, issuer);
    if (bounds === undefined || isWithin(serial, bounds.serials)) return undefined;
    return serialOutsideLine(serial, bounds);
  }

  private keyTaken(issuer: IssuerId, { serial, spkiSha256 }: ChunkRow): SamicertsError | undefined {
    try {
      this.rows.checkKey({ issuer, serial }, spkiSha256 === undefined ? undefined : keyOf(spkiSha256));
      return undefined;
    } catch (error) {
      return error as SamicertsError;
    }
  }
}
