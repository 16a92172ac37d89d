import type { BatchLine } from "../ledger/batch.ts";
import type { Rows } from "./batch-chunks.ts";
import type { OpenedBatch } from "./batch-order.ts";
import type { BatchOutput } from "./batch-output.ts";
import { rowsChanged } from "./batch-refusals.ts";

/**
 * Passes a stream's chunks on, as long as every row that the batch had when it was cut off is in them, in its line: a stream
 * has no digest, and what is at its end may be missing. Throws `input.changed`.
 */
export async function* sameRows(
  chunks: AsyncIterable<Rows>,
  { batch, input, ledger }: Pick<OpenedBatch, "batch" | "input" | "ledger">,
  { resumable }: Pick<BatchOutput, "resumable">,
): AsyncGenerator<Rows> {
  if (!batch.resumed || input.repeatable || !resumable) return yield* chunks;
  let readTo = 0;
  for await (const chunk of chunks) {
    checkRows(chunk, ledger.batchLines(batch.id, readTo + 1, chunk.lastLine));
    readTo = chunk.lastLine;
    yield chunk;
  }
  const [missing] = ledger.batchLines(batch.id, readTo + 1, Number.MAX_SAFE_INTEGER);
  if (missing !== undefined) throw rowsChanged(missing);
}

function checkRows({ rows, rejected }: Rows, had: readonly BatchLine[]): void {
  if (had.length === 0) return;
  const refused = new Set(rejected.map(({ line }) => line));
  const serials = new Map(rows.map(({ line, serial }) => [line, serial.toString()]));
  const changed = had.find(({ line, serial }) => !refused.has(line) && serials.get(line) !== serial);
  if (changed !== undefined) throw rowsChanged(changed);
}
