import { SamicertsError } from "../base/errors.ts";
import type { ChunkCommit } from "../ledger/batch.ts";
import type { ChunkCertificate, IssuedColumns } from "../ledger/issued-columns.ts";
import type { BatchFiles, DeviceEncoder, EncodedDevices, IssuedPair } from "./batch-output.ts";
import { type Refusal, type Reserved, refusal, type Slot } from "./batch-reserve.ts";
import type { BatchRow } from "./batch-row.ts";
import { columnsOf, joinColumns } from "./join-columns.ts";
import type { DeviceJob, DevicesMade } from "./make-devices.ts";
import type { NotGranted } from "./not-granted.ts";

/** A device that an interrupted run has written: as a manifest takes it, and as the ledger does. */
export interface AdoptedDevice {
  readonly pair: IssuedPair;
  readonly certificate: ChunkCertificate;
}

/** Rows of a chunk that are dealt with together, in their order: to be made by one thread, or one that is adopted. */
export type Piece =
  | { readonly kind: "make"; readonly slots: readonly Slot[]; readonly jobs: readonly DeviceJob[] }
  | { readonly kind: "adopt"; readonly adopted: AdoptedDevice };

/** A chunk whose devices are made: what of it is to be written and committed. */
export interface MadeChunk {
  /** In the order of their rows. */
  readonly parts: readonly WrittenPart[];
  readonly issued: IssuedColumns;
  /** In the order of their lines. */
  readonly refused: readonly Refusal[];
  /** Of devices that are made: what their requests asked for in vain. */
  readonly notGranted: readonly { readonly row: BatchRow; readonly items: readonly NotGranted[] }[];
  /** Serials reserved in vain. */
  readonly released: readonly string[];
}

/** Devices of a piece as they are written. */
export interface WrittenPart {
  readonly serials: readonly string[];
  readonly encoded: EncodedDevices;
  /** Whether the output has them already. */
  readonly written: boolean;
}

/** Cuts what is to be done into pieces of so many jobs. */
export function cutIntoPieces(slots: readonly Slot[], size: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let waiting: Slot[] = [];
  let jobs: DeviceJob[] = [];
  const cut = (): void => {
    if (waiting.length > 0) pieces.push({ kind: "make", slots: waiting, jobs });
    waiting = [];
    jobs = [];
  };
  for (const slot of slots) {
    const { adopted, job } = slot;
    if (adopted !== undefined) {
      cut();
      pieces.push({ kind: "adopt", adopted });
    } else if (job !== undefined) {
      waiting.push(slot);
      jobs.push(job);
      if (waiting.length === size) cut();
    }
  }
  cut();
  return pieces;
}

/** Puts together what became of a chunk's pieces; `made` has what the makers gave for those that were to be made. */
export function gather(
  { refused }: Reserved,
  pieces: readonly Piece[],
  made: readonly DevicesMade[],
  { atMs, encoder, inputName }: { atMs: number; encoder: DeviceEncoder; inputName: string },
): MadeChunk {
  const parts: WrittenPart[] = [];
  const columns: IssuedColumns[] = [];
  const allRefused = [...refused];
  const released: string[] = [];
  const notGranted: MadeChunk["notGranted"][number][] = [];
  const results = made[Symbol.iterator]();
  for (const piece of pieces) {
    if (piece.kind === "adopt") {
      const { pair, certificate } = piece.adopted;
      encoder.add(pair);
      parts.push({ serials: [pair.serial], encoded: encoder.take(), written: true });
      columns.push(columnsOf([certificate]));
      continue;
    }
    const result = results.next().value as DevicesMade;
    const errors = new Map(result.refused.map(({ index, error }) => [index, error]));
    const serials: string[] = [];
    for (const [index, slot] of piece.slots.entries()) {
      const serial = slot.row.serial.toString();
      const error = errors.get(index);
      if (error === undefined) {
        serials.push(serial);
        continue;
      }
      allRefused.push(refusal(slot.row, new SamicertsError(error), inputName));
      if (mayBeFreed(slot)) released.push(serial);
    }
    for (const { serial, items } of result.notGranted) {
      const slot = piece.slots.find(({ row }) => row.serial === serial);
      if (slot !== undefined) notGranted.push({ row: slot.row, items });
    }
    if (serials.length !== result.facts.derLengths.length) throw new Error("a job has no result");
    parts.push({ serials, encoded: result.encoded, written: false });
    columns.push({ ...result.facts, serials, issuedMs: atMs });
  }
  allRefused.sort((a, b) => a.rejected.line - b.rejected.line);
  return { parts, issued: joinColumns(columns, atMs), refused: allRefused, notGranted, released };
}

/** Nothing that was signed for it, nor a key of it, is left anywhere. */
export function mayBeFreed({ adopted, leftKey }: Slot): boolean {
  return adopted === undefined && leftKey !== true;
}

/** Writes a chunk and makes it durable; gives what is to be committed. Throws `io.*`, `exists.file`. */
export function writeChunk(
  { output, manifest }: BatchFiles,
  { parts, issued, released }: MadeChunk,
): Pick<ChunkCommit, "issued" | "released" | "outputLength" | "manifestLength"> {
  for (const { serials, encoded, written } of parts) {
    if (!written) output.write(serials, encoded);
    manifest?.write(encoded.manifest);
  }
  const outputLength = output.flush();
  const manifestLength = manifest?.flush();
  return {
    issued,
    released,
    outputLength,
    ...(manifestLength === undefined ? {} : { manifestLength }),
  };
}

/** Keys are in the files now, and not for longer in memory than they must be; gives the memory, for other devices. */
export function forgetKeys({ parts }: MadeChunk): readonly ArrayBuffer[] {
  return parts.map(({ encoded }) => encoded.output.fill(0).buffer);
}
