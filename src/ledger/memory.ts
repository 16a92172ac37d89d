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
import { MemoryBatches } from "./memory-batches.ts";
import { listMemory } from "./memory-list.ts";
import { type Entry, keyOf, type MemoryState, placeOf, putEntry, removeEntry } from "./memory-state.ts";
import { checkRequest, keyDuplicate, renewalUnknown, reservationLost, serialDuplicate } from "./refusals.ts";

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
    batches: [],
    events: [],
    present: new Set(),
  };
  return { open: () => new OpenLedger(state) };
}

class OpenLedger implements Ledger {
  private readonly state: MemoryState;
  private readonly me = {};
  private readonly batchStore: MemoryBatches;

  constructor(state: MemoryState) {
    this.state = state;
    this.batchStore = new MemoryBatches(state, this.me);
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
    checkRequest(request);
    const { issuer, serial, name, atMs, spkiSha256, renews } = request;
    const earlier = renews === undefined ? undefined : this.entry(renews.issuer, renews.serial);
    if (renews !== undefined && (earlier?.certificate === undefined || earlier.spki !== keyOf(spkiSha256)))
      throw renewalUnknown(serial, renews.serial);
    const taken = this.entry(issuer, serial);
    if (taken !== undefined) throw serialDuplicate(this.toRow(taken));
    const spki = spkiSha256 === undefined ? undefined : keyOf(spkiSha256);
    if (renews === undefined) this.checkKey(request, spki);
    this.put({ issuer, serial, name, reservedMs: atMs, holder: this.me, spki, renews: renews?.serial });
    return { issuer, serial, name, takenOver: false };
  }

  takeOver(request: ReservationRequest): Reservation {
    checkRequest(request);
    const { issuer, serial, name, atMs, spkiSha256 } = request;
    const entry = this.entry(issuer, serial);
    if (entry === undefined) throw reservationLost({ serial });
    const row = this.toRow(entry);
    const ofBatch = entry.batch !== undefined && this.batchStore.isUnfinished(entry.batch);
    if (!row.abandoned || row.name !== name || ofBatch) throw serialDuplicate(row);
    const spki = spkiSha256 === undefined ? undefined : keyOf(spkiSha256);
    this.checkKey(request, spki);
    this.put({ issuer, serial, name, reservedMs: atMs, holder: this.me, spki, renews: entry.renews });
    return { issuer, serial, name, takenOver: true };
  }

  commit(reservation: Reservation, certificate: IssuedCertificate): void {
    const entry = this.mine(reservation);
    const spki = keyOf(certificate.spkiSha256);
    if (entry.renews === undefined) this.checkKey(reservation, spki);
    else if (entry.spki !== spki) throw reservationLost(reservation);
    this.put({ ...entry, holder: undefined, spki, certificate });
    const { issuer, serial } = reservation;
    this.note({
      kind: "issued",
      atMs: certificate.atMs,
      issuer,
      serial,
      digest: certificate.certificateSha256,
    });
  }

  release(reservation: Reservation): void {
    if (reservation.takenOver) this.abandon(reservation);
    else removeEntry(this.state, this.mine(reservation));
  }

  abandon(reservation: Reservation): void {
    this.put({ ...this.mine(reservation), holder: undefined });
  }

  find(issuer: IssuerId, serial: string): LedgerRow | undefined {
    const entry = this.entry(issuer, serial);
    return entry === undefined ? undefined : this.toRow(entry);
  }

  findKey(spkiSha256: Uint8Array): LedgerRow | undefined {
    const spki = keyOf(spkiSha256);
    const found = [...this.state.rows.values()].filter((entry) => entry.spki === spki).at(-1);
    return found === undefined ? undefined : this.toRow(found);
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
    const entries = commit.issued.map((certificate) => {
      const entry = this.entry(batch.issuer, certificate.serial);
      if (entry?.batch !== batch.id || entry.certificate !== undefined) throw reservationLost(certificate);
      const { serial, ...facts } = certificate;
      this.checkKey({ issuer: batch.issuer, serial }, keyOf(certificate.spkiSha256));
      return { ...entry, spki: keyOf(certificate.spkiSha256), certificate: facts };
    });
    for (const entry of entries) this.put(entry);
    for (const serial of commit.released ?? []) {
      const entry = this.entry(batch.issuer, serial);
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

  findNames(issuer: IssuerId, names: readonly string[]): ReadonlyMap<string, string> {
    const wanted = new Set(names);
    const found = [...this.state.rows.values()].filter(
      (row) => row.issuer === issuer && wanted.has(row.name),
    );
    return new Map(found.map(({ name, serial }) => [name, serial]));
  }

  list(filter: ListFilter, page: ListPage): Listed {
    return listMemory(this.state, filter, page, (entry) => this.toRow(entry));
  }

  note(event: EventNote): void {
    this.state.events.push({ ...event, id: this.state.events.length + 1 });
  }

  events(after: number, limit: number): readonly EventRow[] {
    return this.state.events.slice(after, after + limit);
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

  private entry(issuer: IssuerId, serial: string): Entry | undefined {
    return this.state.rows.get(placeOf({ issuer, serial }));
  }

  private put(entry: Entry): void {
    putEntry(this.state, entry);
  }

  private mine(reservation: Reservation): Entry {
    const entry = this.entry(reservation.issuer, reservation.serial);
    if (entry?.holder !== this.me) throw reservationLost(reservation);
    return entry;
  }

  /** Throws where the key is another row's. */
  private checkKey(
    row: { readonly issuer: IssuerId; readonly serial: string },
    spki: string | undefined,
  ): void {
    const place = spki === undefined ? undefined : this.state.keys.get(spki);
    const other = place === undefined ? undefined : this.state.rows.get(place);
    if (other !== undefined && place !== placeOf(row)) throw keyDuplicate(row, this.toRow(other));
  }

  private reserveRow(batch: Batch, row: ChunkRow, atMs: number): RowOutcome {
    const { issuer } = batch;
    const { serial, name, line, spkiSha256 } = row;
    const taken = this.entry(issuer, serial);
    if (taken !== undefined) return this.batchStore.outcome(batch, row, taken, this.toRow(taken));
    const spki = spkiSha256 === undefined ? undefined : keyOf(spkiSha256);
    try {
      this.checkKey({ issuer, serial }, spki);
    } catch (error) {
      return { outcome: "refused", error: error as SamicertsError };
    }
    const elsewhere = spki === undefined ? {} : { keyElsewhere: true as const };
    const held = { holder: undefined, batch: batch.id, line, spki, renews: undefined, ...elsewhere };
    this.put({ issuer, serial, name, reservedMs: atMs, ...held });
    return { outcome: "reserved", takenOver: false };
  }

  private toRow(entry: Entry): LedgerRow {
    const { issuer, serial, name, reservedMs, holder, certificate, batch, line, renews } = entry;
    const row = {
      issuer,
      serial,
      name,
      reservedMs,
      ...(batch === undefined || line === undefined ? {} : { batch, line }),
      ...(renews === undefined ? {} : { renews }),
    };
    if (certificate !== undefined) return { ...row, state: "issued", abandoned: false, certificate };
    const by = batch === undefined ? holder : this.batchStore.holder(batch);
    return { ...row, state: "reserved", abandoned: by === undefined || !this.state.present.has(by) };
  }
}
