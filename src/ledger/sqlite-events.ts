import type { EventEnd, EventKind, EventNote, EventRow } from "./event.ts";
import { CHAIN_START, chainHash, recordable } from "./event-chain.ts";
import { SQL } from "./sqlite-statements.ts";
import type { SqliteStore } from "./sqlite-store.ts";

interface StoredEvent {
  readonly id: number;
  readonly at_ms: number;
  readonly kind: EventKind;
  readonly issuer: number | null;
  readonly serial: string | null;
  readonly batch: number | null;
  readonly digest: ArrayBuffer | null;
  readonly detail: string | null;
  readonly hash: ArrayBuffer | null;
}

/** Adds a line to the record, chained to the one before, within the transaction that is open where there is one. */
export function note(store: SqliteStore, given: EventNote): void {
  const event = recordable(given);
  const { atMs, kind, issuer, serial, batch, digest, detail } = event;
  store.within(() => {
    const end = readEnd(store);
    // Not the next free number: one that was removed must be missed for ever.
    const id = end.written + 1;
    const hash = chainHash(end.hash ?? unchained(store), id, event);
    const facts = [issuer ?? null, serial ?? null, batch ?? null, digest ?? null, detail ?? null];
    store.run(SQL.note, id, atMs, kind, ...facts, hash);
  });
}

/** The record after the line `after`, at most `limit` lines. */
export function readEvents(store: SqliteStore, after: number, limit: number): readonly EventRow[] {
  return store.all<StoredEvent>(SQL.events, after, limit).map(eventRow);
}

/** As Ledger.eventEnd. */
export function readEventEnd(store: SqliteStore): EventEnd {
  const { written } = readEnd(store);
  const stored = store.get<StoredEvent>(SQL.lastEvent);
  return stored === undefined ? { written } : { written, last: eventRow(stored) };
}

function readEnd(store: SqliteStore): { readonly written: number; readonly hash: Uint8Array | undefined } {
  const end = store.get<{ readonly written: number; readonly hash: ArrayBuffer | null }>(SQL.eventEnd);
  const { written = 0, hash = null } = end ?? {};
  return { written, hash: hash === null ? undefined : new Uint8Array(hash) };
}

/** The hash that the lines of an older samicerts come to, which have none. */
function unchained(store: SqliteStore): Uint8Array {
  let hash = CHAIN_START;
  for (let after = 0; ; ) {
    const rows = readEvents(store, after, PAGE_ROWS);
    for (const { id, ...event } of rows) hash = chainHash(hash, id, event);
    const last = rows.at(-1);
    if (last === undefined) return hash;
    after = last.id;
  }
}

function eventRow(stored: StoredEvent): EventRow {
  return {
    id: stored.id,
    atMs: stored.at_ms,
    kind: stored.kind,
    ...(stored.issuer === null ? {} : { issuer: stored.issuer }),
    ...(stored.serial === null ? {} : { serial: stored.serial }),
    ...(stored.batch === null ? {} : { batch: stored.batch }),
    ...(stored.digest === null ? {} : { digest: new Uint8Array(stored.digest) }),
    ...(stored.detail === null ? {} : { detail: stored.detail }),
    ...(stored.hash === null ? {} : { hash: new Uint8Array(stored.hash) }),
  };
}

const PAGE_ROWS = 1000;
