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
