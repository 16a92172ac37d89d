import type { Files } from "../base/effects.ts";
import type { Ledger } from "./ledger.ts";
import { openSqliteLedger } from "./sqlite.ts";

/** How a ledger is opened. */
export interface LedgerOptions {
  /** How long to wait for other processes, in milliseconds; 10 seconds unless said. */
  readonly busyMs?: number;
}

const DEFAULT_BUSY_MS = 10_000;

/** Opens the ledger in the file `path`, made where it is absent; throws `ledger.*` and `io.*` (kind `io`). */
export function openLedger(path: string, options: LedgerOptions = {}): Ledger {
  return openSqliteLedger(path, options.busyMs ?? DEFAULT_BUSY_MS);
}

/**
 * Tells whether a ledger is at `path`; an empty file is what is left of one that was never begun.
 * Looks without opening: closing the file again would free the locks that this process has on it.
 */
export function ledgerExists(files: Files, path: string): boolean {
  try {
    return files.stat(path).size > 0;
  } catch (error) {
    // Whatever else stands in the way is said when it is opened.
    return (error as { readonly code?: unknown }).code !== "ENOENT";
  }
}
