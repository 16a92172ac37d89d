import type { Batch } from "../ledger/batch.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { BatchRow } from "./batch-row.ts";

/** Tells whether an earlier run of a batch has issued a row's certificate. */
export type IsDone = (row: Pick<BatchRow, "line" | "serial" | "name">) => boolean;

/**
 * Binds a batch: what is issued stays so, whatever has become since of the request that the row brought, of the time that
 * is left under its issuer, or of its name.
 */
export function doneRows(ledger: Ledger, batch: Batch): IsDone {
  return ({ line, serial, name }) => {
    if (line > batch.progress.lastLine) return false;
    const found = ledger.find(batch.issuer, serial.toString());
    return (
      found?.certificate !== undefined &&
      found.batch === batch.id &&
      found.line === line &&
      found.name === name
    );
  };
}
