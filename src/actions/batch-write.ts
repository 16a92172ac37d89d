import { SamicertsError } from "../base/errors.ts";
import type { ChunkCertificate, ChunkCommit } from "../ledger/batch.ts";
import type { BatchFiles, IssuedPair } from "./batch-output.ts";
import { type Refusal, type Reserved, refusal, type Slot } from "./batch-reserve.ts";
import { type UnpackedDevice, unpackDevices } from "./device-pack.ts";
import type { DevicesMade } from "./make-devices.ts";

/** A device of a batch: as its output takes it, and as the ledger does. */
export interface BatchDevice extends IssuedPair, ChunkCertificate {}

/** A chunk whose devices are made: what of it is to be written and committed. */
export interface MadeChunk {
  /** In the order of their rows. */
  readonly devices: readonly BatchDevice[];
  /** Those that are not in the output yet. */
  readonly unwritten: readonly BatchDevice[];
  /** In the order of their lines. */
  readonly refused: readonly Refusal[];
  /** Serials reserved in vain. */
  readonly released: readonly string[];
}

/** Puts together what was made of a chunk's jobs, which were given to the makers in pieces. */
export function gather(
  { slots, refused }: Reserved,
  pieces: readonly DevicesMade[],
  sizes: readonly number[],
  atMs: number,
  inputName: string,
): MadeChunk {
  const devices: BatchDevice[] = [];
  const unwritten: BatchDevice[] = [];
  const allRefused = [...refused];
  const released: string[] = [];
  const results = resultsOf(pieces, sizes);
  for (const slot of slots) {
    if (slot.adopted !== undefined) {
      devices.push(slot.adopted);
      continue;
    }
    const result = results.next().value;
    if (result === undefined) throw new Error("a job has no result");
    if (result instanceof SamicertsError) {
      allRefused.push(refusal(slot.row, result, inputName));
      if (mayBeFreed(slot)) released.push(slot.row.serial.toString());
      continue;
    }
    const device: BatchDevice = {
      ...result,
      ...(slot.leftKey === undefined ? {} : { keyPem: slot.leftKey }),
      serial: slot.row.serial.toString(),
      name: slot.row.name,
      atMs,
      issuedMs: atMs,
    };
    devices.push(device);
    unwritten.push(device);
  }
  allRefused.sort((a, b) => a.rejected.line - b.rejected.line);
  return { devices, unwritten, refused: allRefused, released };
}

/** Nothing that was signed for it, nor a key of it, is left anywhere. */
export function mayBeFreed({ adopted, leftKey }: Slot): boolean {
  return adopted === undefined && leftKey === undefined;
}

function* resultsOf(
  pieces: readonly DevicesMade[],
  sizes: readonly number[],
): Generator<SamicertsError | UnpackedDevice> {
  for (const [index, { packed, refused }] of pieces.entries()) {
    const devices = unpackDevices(packed);
    const errors = new Map(refused.map((one) => [one.index, one.error]));
    for (let job = 0; job < (sizes[index] as number); job++) {
      const error = errors.get(job);
      if (error !== undefined) yield new SamicertsError(error);
      else yield devices.next().value as UnpackedDevice;
    }
  }
}

/** Writes a chunk and makes it durable; gives what is to be committed. Throws `io.*`, `exists.file`. */
export function writeChunk(
  { output, manifest }: BatchFiles,
  { devices, unwritten, released }: MadeChunk,
): Pick<ChunkCommit, "issued" | "released" | "outputLength" | "manifestLength"> {
  output.write(unwritten);
  manifest?.write(devices);
  const outputLength = output.flush();
  const manifestLength = manifest?.flush();
  return {
    issued: devices,
    released,
    outputLength,
    ...(manifestLength === undefined ? {} : { manifestLength }),
  };
}
