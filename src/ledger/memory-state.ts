import type { BatchIdentity, BatchProgress } from "./batch.ts";
import type { EventNote, EventRow } from "./event.ts";
import { CHAIN_START, chainHash, recordable } from "./event-chain.ts";
import type { LineClaim } from "./factory-line.ts";
import type { IssuedCertificate, IssuerId, IssuerRow, RowPlace } from "./ledger.ts";
import type { PublishedCrl, Revocation } from "./revocation.ts";

/** A serial in a ledger in memory. */
export interface Entry {
  readonly issuer: IssuerId;
  readonly serial: string;
  readonly name: string;
  readonly reservedMs: number;
  /** Undefined where it was given up, and where it is a batch's. */
  readonly holder: object | undefined;
  /** The key's digest in hex. */
  readonly spki: string | undefined;
  readonly renews: RowPlace | undefined;
  readonly replaces: RowPlace | undefined;
  readonly batch?: number;
  readonly line?: number;
  readonly keyElsewhere?: true;
  readonly certificate?: IssuedCertificate;
}

/** A batch in a ledger in memory. */
export interface BatchEntry extends BatchIdentity {
  readonly id: number;
  readonly begunMs: number;
  holder: object | undefined;
  progress: BatchProgress;
  finished: { readonly atMs: number; readonly summary: string } | undefined;
}

/** A factory line in a ledger in memory. */
export interface LineEntry extends LineClaim {
  /** Where its first certificate is. */
  readonly place: string;
  readonly issuer?: IssuerId;
}

/** All that a ledger in memory knows; whoever opens it shares it. */
export interface MemoryState {
  readonly issuers: IssuerRow[];
  readonly rows: Map<string, Entry>;
  /** Where the entry with a key lies; of one that was renewed, the first. */
  readonly keys: Map<string, string>;
  readonly lines: LineEntry[];
  /** By the place of what is revoked. */
  readonly revocations: Map<string, Revocation>;
  /** In the order of their numbers. */
  readonly crls: { readonly issuer: IssuerId; readonly number: number; published?: PublishedCrl }[];
  readonly batches: BatchEntry[];
  readonly events: EventRow[];
  /** Who has it open. */
  readonly present: Set<object>;
}

/** A digest as a text that can be compared. */
export function keyOf(digest: Uint8Array | undefined): string {
  return Buffer.from(digest ?? []).toString("hex");
}

/** Where an entry lies in the map. */
export function placeOf(row: RowPlace): string {
  return `${row.issuer} ${row.serial}`;
}

/** Adds a line to the record, chained to the one before. */
export function noteInMemory({ events }: MemoryState, given: EventNote): void {
  const event = recordable(given);
  const id = events.length + 1;
  events.push({ ...event, id, hash: chainHash(events.at(-1)?.hash ?? CHAIN_START, id, event) });
}

/** Puts an entry in the place of the one that has its serial, where there is one. */
export function putEntry(state: MemoryState, entry: Entry): void {
  removeEntry(state, entry);
  state.rows.set(placeOf(entry), entry);
  if (entry.spki !== undefined && entry.renews === undefined) state.keys.set(entry.spki, placeOf(entry));
}

/** Takes an entry out. */
export function removeEntry(state: MemoryState, row: RowPlace): void {
  const place = placeOf(row);
  const spki = state.rows.get(place)?.spki;
  if (spki !== undefined && state.keys.get(spki) === place) state.keys.delete(spki);
  state.rows.delete(place);
}
