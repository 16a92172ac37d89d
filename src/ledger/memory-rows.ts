import type { IssuerId, LedgerRow, Reservation, RowPlace } from "./ledger.ts";
import type { MemoryBatches } from "./memory-batches.ts";
import { type Entry, type MemoryState, placeOf, putEntry } from "./memory-state.ts";
import { keyDuplicate, reservationLost } from "./refusals.ts";

/** The rows of a ledger in memory, as whoever is `me` sees them. */
export class MemoryRows {
  readonly state: MemoryState;
  readonly me: object;
  private readonly batches: MemoryBatches;

  constructor(state: MemoryState, me: object, batches: MemoryBatches) {
    this.state = state;
    this.me = me;
    this.batches = batches;
  }

  /** One serial of one issuer; undefined where it is free. */
  entry(issuer: IssuerId, serial: string): Entry | undefined {
    return this.state.rows.get(placeOf({ issuer, serial }));
  }

  /** Puts an entry in the place of the one that has its serial. */
  put(entry: Entry): void {
    putEntry(this.state, entry);
  }

  /** The entry of a reservation; throws `ledger.reservation-lost` where it is not ours. */
  mine(reservation: Reservation): Entry {
    const entry = this.entry(reservation.issuer, reservation.serial);
    if (entry?.holder !== this.me) throw reservationLost(reservation);
    return entry;
  }

  /** Throws `key.duplicate` where the key is another row's. */
  checkKey(row: RowPlace, spki: string | undefined): void {
    const place = spki === undefined ? undefined : this.state.keys.get(spki);
    const other = place === undefined ? undefined : this.state.rows.get(place);
    if (other !== undefined && place !== placeOf(row)) throw keyDuplicate(row, this.toRow(other));
  }

  /** As Ledger.successors. */
  successors(of: RowPlace): readonly LedgerRow[] {
    const place = placeOf(of);
    const isAfter = ({ renews, replaces }: Entry): boolean =>
      [renews, replaces].some((one) => one !== undefined && placeOf(one) === place);
    return [...this.state.rows.values()].filter(isAfter).map((entry) => this.toRow(entry));
  }

  /** As Ledger.findNames. */
  findNames(issuer: IssuerId, names: readonly string[]): ReadonlyMap<string, string> {
    const wanted = new Set(names);
    const found = [...this.state.rows.values()].filter(
      (row) => row.issuer === issuer && wanted.has(row.name),
    );
    return new Map(found.map(({ name, serial }) => [name, serial]));
  }

  /** An entry as the ledger's users see it. */
  toRow(entry: Entry): LedgerRow {
    const { issuer, serial, name, reservedMs, holder, certificate, batch, line, renews, replaces } = entry;
    const { keyElsewhere } = entry;
    const row = {
      issuer,
      serial,
      name,
      reservedMs,
      ...(batch === undefined || line === undefined ? {} : { batch, line }),
      ...(renews === undefined ? {} : { renews: renews.serial }),
      ...(replaces === undefined ? {} : { replaces: replaces.serial }),
      ...(keyElsewhere === undefined ? {} : { keyElsewhere }),
    };
    const revocation = this.state.revocations.get(placeOf(entry));
    const revoked = revocation === undefined ? {} : { revocation };
    if (certificate !== undefined)
      return { ...row, state: "issued", abandoned: false, certificate, ...revoked };
    const by = batch === undefined ? holder : this.batches.holder(batch);
    const finished = batch !== undefined && !this.batches.isUnfinished(batch);
    const left = finished ? { batchFinished: true as const } : {};
    return { ...row, ...left, state: "reserved", abandoned: by === undefined || !this.state.present.has(by) };
  }
}
