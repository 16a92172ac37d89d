import type { EventKind, EventNote, EventRow } from "./event.ts";
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
}

/** Adds a line to the record, within the transaction that is open where there is one. */
export function note(store: SqliteStore, event: EventNote): void {
  const { atMs, kind, issuer, serial, batch, digest, detail } = event;
  store.run(
    SQL.note,
    atMs,
    kind,
    issuer ?? null,
    serial ?? null,
    batch ?? null,
    digest ?? null,
    detail ?? null,
  );
}

/** The record after the line `after`, at most `limit` lines. */
export function readEvents(store: SqliteStore, after: number, limit: number): readonly EventRow[] {
  return store.all<StoredEvent>(SQL.events, after, limit).map((stored) => ({
    id: stored.id,
    atMs: stored.at_ms,
    kind: stored.kind,
    ...(stored.issuer === null ? {} : { issuer: stored.issuer }),
    ...(stored.serial === null ? {} : { serial: stored.serial }),
    ...(stored.batch === null ? {} : { batch: stored.batch }),
    ...(stored.digest === null ? {} : { digest: new Uint8Array(stored.digest) }),
    ...(stored.detail === null ? {} : { detail: stored.detail }),
  }));
}
