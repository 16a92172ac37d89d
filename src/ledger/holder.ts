import { existsSync, readdirSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type Connection, connect } from "./sqlite-connection.ts";
import { isBusy } from "./sqlite-error.ts";

/**
 * Who holds a reservation, and whether they are still there.
 *
 * A holder is a lock file beside the ledger, locked for as long as its process lives: the system gives the lock
 * free when the process ends, however it ends, so "gone" is a fact and not a guess. A process number would be one:
 * numbers come round again, and two containers on one disk can't see each other's. The lock is SQLite's own kind,
 * which works wherever the ledger itself does. Names are random and never used twice: who is gone stays gone.
 */
export interface Holder {
  readonly id: string;
  /** Ends it; what it still holds is abandoned. */
  leave(): void;
}

const MAX_ATTEMPTS = 8;
/** Locks a file for as long as its connection is open, and writes nothing into it. */
export const LOCK = "PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE";

function lockFile(ledger: string, id: string): string {
  return `${ledger}-holder-${id}`;
}

/**
 * Becomes a holder beside the ledger at the path `ledger`; `newId` gives 16 random hexadecimal digits.
 * Throws the database's own errors.
 */
export function becomeHolder(ledger: string, newId: () => string): Holder {
  sweep(ledger);
  for (let attempt = 0; ; attempt++) {
    const id = newId();
    const path = lockFile(ledger, id);
    const connection = connect(path, 0);
    try {
      connection.exec(LOCK);
      // Another process may have taken the fresh file for one that was left behind, and removed it.
      if (existsSync(path)) return { id, leave: () => leave(connection, path) };
      connection.close();
    } catch (error) {
      connection.close();
      if (attempt >= MAX_ATTEMPTS || (existsSync(path) && !isBusy(error))) throw error;
    }
  }
}

/** Tells whether a holder's process is gone; what it left of itself is removed. */
export function isGone(ledger: string, id: string): boolean {
  const path = lockFile(ledger, id);
  if (!existsSync(path)) return true;
  const connection = connect(path, 0);
  try {
    connection.exec(LOCK);
  } catch (error) {
    connection.close();
    // It left between the look and the lock.
    if (!existsSync(path)) return true;
    if (isBusy(error)) return false;
    throw error;
  }
  leave(connection, path);
  return true;
}

/** Removes a lock file and frees its lock, in this order: nobody must lock a file that is about to go. */
export function leave(connection: Connection, path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already; or Windows, which removes no open file: the next sweep does.
  }
  connection.close();
}

/** Removes the lock files of those who are gone; a courtesy, whose failure is nobody's concern. */
function sweep(ledger: string): void {
  const prefix = `${basename(ledger)}-holder-`;
  try {
    for (const name of readdirSync(dirname(ledger)))
      if (name.startsWith(prefix) && /^[0-9a-f]{16}$/.test(name.slice(prefix.length)))
        isGone(ledger, name.slice(prefix.length));
  } catch {
    // The next sweep may do better.
  }
}
