import type { RowCheck } from "./batch-check.ts";
import { cutIntoChunks } from "./batch-chunks.ts";
import type { BatchEvent, BatchOrder, BatchResult } from "./batch-order.ts";
import { allRefused, tooManyErrors } from "./batch-refusals.ts";
import type { Refusal } from "./batch-reserve.ts";
import { type BatchInput, type BatchRow, isRejected, type RejectedRow } from "./batch-row.ts";
import { PRECHECK_ROWS, type Precheck } from "./precheck.ts";

/** Goes through the whole input before anything is made; throws where too much of it is refused. */
export async function* lookThrough(
  input: BatchInput,
  order: BatchOrder,
  precheck: Precheck,
  rowCheck: Pick<RowCheck, "refuse">,
): AsyncGenerator<BatchEvent, void> {
  let first: RejectedRow | undefined;
  let refused = 0;
  let seen = 0;
  let waiting: BatchRow[] = [];
  let looking: Promise<readonly Refusal[]> | undefined;
  const refuse = (row: RejectedRow): void => {
    refused++;
    if (first === undefined || row.line < first.line) first = row;
  };
  const look = async (total: number | undefined): Promise<void> => {
    const before = looking;
    looking = precheck.check(waiting, total);
    waiting = [];
    await seeRefusals(before);
  };
  const seeRefusals = async (looked: Promise<readonly Refusal[]> | undefined): Promise<void> => {
    for (const { rejected } of (await looked) ?? []) {
      refuse(rejected);
      rowCheck.refuse(rejected.line);
    }
  };
  const walk = input.check();
  let step = walk.next();
  // Some rows are looked at while the next are read.
  for (; step.done !== true; step = walk.next()) {
    for (const row of step.value)
      if (isRejected(row)) refuse(row);
      else waiting.push(row);
    seen += step.value.length;
    if (waiting.length < PRECHECK_ROWS) continue;
    await look(undefined);
    yield { kind: "checked", rows: seen };
  }
  await look(step.value.rows + step.value.rejected);
  await seeRefusals(looking);
  if (first === undefined) return;
  if (refused === seen) throw allRefused(input, refused, first.error);
  if (order.maxErrors !== undefined && refused > order.maxErrors)
    throw tooManyErrors({ refused, most: order.maxErrors, first: first.error });
}

/** Goes through the whole input as far as anything of it may be refused before it is made, and tells of each row that is. */
export async function* tryOut(
  input: BatchInput,
  order: BatchOrder,
  precheck: Precheck,
): AsyncGenerator<BatchEvent, BatchResult> {
  let rows = 0;
  let refused = 0;
  const rejects = order.openRejects?.(input, false);
  for await (const chunk of cutIntoChunks(input, () => PRECHECK_ROWS, 0)) {
    const count = chunk.rows.length + chunk.rejected.length;
    const found = await precheck.check(chunk.rows, count < PRECHECK_ROWS ? count : undefined);
    const refusals: Refusal[] = [...chunk.rejected.map((rejected) => ({ rejected })), ...found];
    refusals.sort((a, b) => a.rejected.line - b.rejected.line);
    for (const { rejected, row } of refusals) {
      rejects?.write(rejected, row);
      const { line, error } = rejected;
      yield { kind: "refused", line, error, ...(row === undefined ? {} : { row }) };
    }
    rows += count - refusals.length;
    refused += refusals.length;
    yield { kind: "checked", rows: rows + refused };
  }
  rejects?.finish();
  return {
    state: "checked",
    resumed: false,
    issued: rows,
    issuedNow: 0,
    refused,
    total: rows + refused,
    ...(rejects === undefined || refused === 0
      ? {}
      : { rejects: { path: rejects.path, leftOut: rejects.leftOut } }),
  };
}
