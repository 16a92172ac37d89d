import type { IssuerId, LedgerRow } from "./ledger.ts";
import { ledgerRow, type StoredRow } from "./sqlite-row.ts";
import { SQL } from "./sqlite-statements.ts";
import type { SqliteStore } from "./sqlite-store.ts";

/** One serial of one issuer as it is stored; undefined where it is free. */
export function findStored(store: SqliteStore, issuer: IssuerId, serial: string): StoredRow | undefined {
  return store.get<StoredRow>(SQL.find, issuer, serial, serial);
}

/** As Ledger.find. */
export function findRow(store: SqliteStore, issuer: IssuerId, serial: string): LedgerRow | undefined {
  const stored = findStored(store, issuer, serial);
  return stored === undefined ? undefined : toRow(store, stored);
}

/** As Ledger.stands. */
export function stands(
  store: SqliteStore,
  issuer: IssuerId,
  serial: string,
  certificateSha256: Uint8Array,
): boolean {
  return store.get(SQL.stands, issuer, serial, serial, certificateSha256) !== undefined;
}

/** As Ledger.findKey. */
export function findKeyRow(store: SqliteStore, spkiSha256: Uint8Array): LedgerRow | undefined {
  const stored = store.get<StoredRow>(SQL.findKey, spkiSha256);
  return stored === undefined ? undefined : toRow(store, stored);
}

/** As Ledger.successors. */
export function findSuccessors(store: SqliteStore, issuer: IssuerId, serial: string): readonly LedgerRow[] {
  return store.all<StoredRow>(SQL.successors, issuer, serial).map((stored) => toRow(store, stored));
}

/** A stored row as the ledger's users see it. */
export function toRow(store: SqliteStore, stored: StoredRow): LedgerRow {
  return ledgerRow(stored, (holder) => store.isGone(holder));
}
