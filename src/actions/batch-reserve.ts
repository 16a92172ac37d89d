import { SamicertsError } from "../base/errors.ts";
import { shellOperands } from "../base/shell-quoted.ts";
import type { Batch, ChunkRow, RowOutcome } from "../ledger/batch.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { decodePublicKey, type PublicKey } from "../x509/public-key.ts";
import { adoptLeftover } from "./adopt-leftover.ts";
import { nameTaken } from "./batch-check.ts";
import type { Chunk } from "./batch-chunks.ts";
import type { BatchDeps, BatchOrder } from "./batch-order.ts";
import type { BatchOutput } from "./batch-output.ts";
import type { BatchRow, RejectedRow } from "./batch-row.ts";
import type { AdoptedDevice } from "./batch-write.ts";
import type { IsDone } from "./done-rows.ts";
import type { DeviceApprover } from "./issue-device.ts";
import { type DeviceJob, isOfRow } from "./make-devices.ts";
import { spkiDigest } from "./record.ts";

/** A row that is refused, and the record of it for whoever mends it. */
export interface Refusal {
  readonly rejected: RejectedRow;
  readonly row?: BatchRow;
}

/** A row whose serial is this batch's now. */
export interface Slot {
  readonly row: BatchRow;
  /** An interrupted run had it. */
  readonly takenOver: boolean;
  /** What that run had written already, and needs only to be committed. */
  readonly adopted?: AdoptedDevice;
  /** It had written the device's key, whose certificate is still to be made. */
  readonly leftKey?: true;
  /** Absent for an adopted one. */
  readonly job?: DeviceJob;
}

/** A chunk about to be reserved: the rows that ask for a serial, and those refused before they do. */
export interface Asking {
  readonly chunk: Chunk;
  readonly rows: readonly BatchRow[];
  readonly asked: readonly ChunkRow[];
  /** The keys that they bring, with their requests. */
  readonly keys: readonly (Pick<DeviceJob, "publicKey" | "request"> | undefined)[];
  readonly refused: readonly Refusal[];
}

/** What a batch reserves with. */
export interface ReserveWorld {
  readonly ledger: Ledger;
  readonly batch: Batch;
  readonly output: BatchOutput;
  readonly approver: DeviceApprover;
  readonly order: Pick<BatchOrder, "judge">;
  readonly deps: Pick<BatchDeps, "readKey">;
  /** What the input is called in messages. */
  readonly inputName: string;
  readonly isDone: IsDone;
}

/** Looks at what rows bring and at what is in their way, before their serials are asked for. */
export function askFor(chunk: Chunk, world: ReserveWorld): Asking {
  const { ledger, batch } = world;
  const refused: Refusal[] = chunk.rejected.map((rejected) => ({ rejected }));
  const rows: BatchRow[] = [];
  const asked: ChunkRow[] = [];
  const keys: Asking["keys"][number][] = [];
  const names = ledger.findNames(
    batch.issuer,
    chunk.rows.map(({ name }) => name),
  );
  for (const [index, row] of chunk.rows.entries()) {
    const serial = row.serial.toString();
    const request = chunk.requests.get(index);
    const named = names.get(row.name);
    let error: SamicertsError | undefined;
    if (request !== undefined && "error" in request) error = new SamicertsError(request.error);
    else if (named !== undefined && named !== serial) error = nameTaken(row.name, named);
    else error = inTheWay(serial, world);
    if (error !== undefined) {
      if (world.isDone(row)) continue;
      refused.push(refusal(row, error, world.inputName));
      continue;
    }
    rows.push(row);
    const key = request !== undefined && "publicKey" in request ? request : undefined;
    keys.push(key);
    asked.push({
      line: row.line,
      serial,
      name: row.name,
      ...(key === undefined ? {} : { spkiSha256: spkiDigest(decodePublicKey(key.publicKey)) }),
    });
  }
  return { chunk, rows, asked, keys, refused };
}

function inTheWay(serial: string, { ledger, batch, output }: ReserveWorld): SamicertsError | undefined {
  const taken = output.taken(serial);
  if (taken === undefined) return undefined;
  // Who has the serial is for the ledger to say; and an interrupted run of this batch may have written the file.
  return ledger.find(batch.issuer, serial) === undefined ? taken : undefined;
}

/** What became of a chunk's rows: those to be made, and those refused. */
export interface Reserved {
  readonly slots: readonly Slot[];
  readonly refused: readonly Refusal[];
}

/** Tells what is to be done for each row that asked; looks at what an interrupted run left of it. Throws `io.*`. */
export function sortOut(
  asking: Asking,
  outcomes: readonly RowOutcome[],
  world: ReserveWorld,
  nowMs: number,
): Reserved {
  const slots: Slot[] = [];
  const refused = [...asking.refused];
  for (const [index, row] of asking.rows.entries()) {
    const outcome = outcomes[index] as RowOutcome;
    if (outcome.outcome === "issued") continue;
    if (outcome.outcome === "refused") {
      refused.push(refusal(row, outcome.error, world.inputName));
      continue;
    }
    const job: DeviceJob = {
      serial: row.serial,
      name: row.name,
      ...(row.key === undefined ? {} : { key: row.key }),
      ...(row.days === undefined ? {} : { days: row.days }),
      ...asking.keys[index],
    };
    if (!outcome.takenOver) slots.push({ row, takenOver: false, job });
    else
      try {
        slots.push(takeOver(row, job, world, nowMs));
      } catch (error) {
        if (!(error instanceof SamicertsError) || !isOfRow(error)) throw error;
        refused.push(refusal(row, error, world.inputName));
      }
  }
  return { slots, refused };
}

function takeOver(row: BatchRow, job: DeviceJob, world: ReserveWorld, nowMs: number): Slot {
  const { output, approver, order, deps } = world;
  if (!output.resumable) throw maybeGone(row);
  const leftover = output.leftover(job.serial.toString());
  if (leftover?.key === undefined) return { row, takenOver: true, job };
  const { key } = leftover;
  const path = `${output.path}/${output.fileOf(job.serial.toString())}`;
  const keyPath = path.replace(/\.crt$/, ".key");
  const publicKey = deps.readKey(key, keyPath);
  checkLeftKey(publicKey, job, keyPath, world.ledger);
  const adopted = adoptLeftover(
    { row, publicKey, leftover: { ...leftover, key }, path },
    approver,
    order.judge,
    nowMs,
  );
  if (adopted !== undefined) return { row, takenOver: true, adopted };
  return { row, takenOver: true, leftKey: true, job: { ...job, publicKey: publicKey.der } };
}

/** Throws `exists.file` where the key that lies in the output can't be one that this batch has made for the row. */
function checkLeftKey(
  publicKey: PublicKey,
  { serial, publicKey: own }: DeviceJob,
  path: string,
  ledger: Ledger,
): void {
  const other = ledger.findKey(spkiDigest(publicKey));
  if (own === undefined && other === undefined) return;
  throw new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message:
      other === undefined
        ? `${path} is there, but the device with the serial ${serial} brings a key of its own`
        : `${path} is the key of the serial ${other.serial}, ${JSON.stringify(other.name)}, not of ${serial}`,
    hint: "find out whose it is before moving it away; samicerts inspect shows what it says",
  });
}

/** The error for a row whose device may have gone down a pipe, in a run that was cut off before it could say so. */
function maybeGone({ serial, name }: BatchRow): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "serial.duplicate",
    message: `the serial ${serial} may have been printed already, by a run of this batch that was cut off`,
    hint: `give the device another serial; where nobody has its certificate: samicerts client ${shellOperands(serial.toString(), name)}, once this batch is finished`,
  });
}

/** A row that is refused, with the place in front of why. */
export function refusal(row: BatchRow, error: SamicertsError, inputName: string): Refusal {
  const { kind, code, message, hint, findings } = error;
  const placed = new SamicertsError({
    kind,
    code,
    message: `${inputName}:${row.line}: ${message}`,
    hint,
    findings,
    cause: error,
  });
  const { line, raw } = row;
  return { rejected: { line, ...(raw === undefined ? {} : { raw }), error: placed }, row };
}
