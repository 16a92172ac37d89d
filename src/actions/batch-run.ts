import type { SamicertsError } from "../base/errors.ts";
import type { RowOutcome } from "../ledger/batch.ts";
import { policyDigest } from "../policy/digest.ts";
import { formatName } from "../x509/name-format.ts";
import { writePem } from "../x509/pem.ts";
import { Ahead } from "./ahead.ts";
import { AskedInVain } from "./asked-in-vain.ts";
import { type Chunk, cutIntoChunks, type Rows, withRequests } from "./batch-chunks.ts";
import type { BatchEvent, BatchResult, Makers, OpenedBatch, RejectedRows, StopWatch } from "./batch-order.ts";
import type { BatchFiles, BatchFilesRequest, ManifestHeader } from "./batch-output.ts";
import { tooManyErrors } from "./batch-refusals.ts";
import { type Asking, askFor, type Reserved, type ReserveWorld, sortOut } from "./batch-reserve.ts";
import {
  cutIntoPieces,
  forgetKeys,
  gather,
  type MadeChunk,
  mayBeFreed,
  type Piece,
  writeChunk,
} from "./batch-write.ts";
import { ChunkPace, type ChunkSizes } from "./chunk-pace.ts";
import type { DeviceApprover } from "./issue-device.ts";
import type { DevicesMade } from "./make-devices.ts";
import { sameRows } from "./same-rows.ts";
import { createManifestSigner } from "./sign-manifest.ts";
import { sha256Hex } from "./summary.ts";

/** Chunks whose devices are made while an earlier one is written; what a batch holds in memory does not grow beyond. */
const WINDOW = 3;
/** Chunks whose requests are read meanwhile: with one of them the threads would wait whenever it is taken. */
const AHEAD = 2;
/** By the kind of key; a piece takes a thread a moment. */
const SIZES: Readonly<Record<"quick" | "token" | "rsa", ChunkSizes>> = {
  quick: { chunk: 1024, piece: 128 },
  /** A token may sign no more than ten times a second, or twenty thousand times. */
  token: { chunk: 256, piece: 4, most: 1024 },
  rsa: { chunk: 32, piece: 2 },
};

/** A chunk whose serials are reserved, its devices on the way. */
interface Flight {
  readonly asking: Asking;
  readonly reserved: Reserved;
  readonly atMs: number;
  readonly pieces: readonly Piece[];
  readonly made: Promise<readonly DevicesMade[]>;
}

/** Makes what is left of a batch that is open; see `issueBatch`. */
export async function* runBatch(opened: OpenedBatch): AsyncGenerator<BatchEvent, BatchResult> {
  const { order, deps, approver, input, claim, ledger, batch, makers } = opened;
  const stop = deps.watchStop();
  let files: BatchFiles | undefined;
  let rejects: RejectedRows | undefined;
  try {
    rejects = order.openRejects?.(input, batch.progress.refused > 0);
    const { progress } = batch;
    const committed = { output: progress.outputLength, manifest: progress.manifestLength };
    files = claim.open({
      batch: String(batch.id),
      header: headerOf(opened),
      mostUncommitted: order.chunkRows ?? SIZES.quick.chunk,
      ...aboveDevices(opened),
      ...(batch.resumed ? { committed } : {}),
    });
    const done = progress.issued + progress.refused;
    yield { kind: "begun", batch: batch.id, resumed: batch.resumed, total: input.total, done };
    const left = input.total === undefined ? undefined : input.total - done;
    const run = new BatchRun(opened, files, makers.get(left), stop);
    const inVain = new AskedInVain();
    for await (const { refused, notGranted } of run.chunks()) {
      for (const { row, items } of notGranted) {
        inVain.add(items);
        yield { kind: "not-granted", row, notGranted: items };
      }
      for (const { rejected, row } of refused) {
        rejects?.write(rejected, row);
        const { line, error } = rejected;
        yield { kind: "refused", line, error, ...(row === undefined ? {} : { row }) };
      }
      yield { kind: "committed", issued: run.issued, refused: run.refused, line: run.lastLine };
    }
    if (run.complete) rejects?.finish();
    else rejects?.leave();
    const { output, manifest } = files;
    const result: Omit<BatchResult, "state"> = {
      batch: batch.id,
      resumed: batch.resumed,
      issued: run.issued,
      issuedNow: run.issued - progress.issued,
      refused: run.refused,
      ...(inVain.list === undefined ? {} : { notGranted: inVain.list }),
      ...(input.total === undefined ? {} : { total: input.total }),
      output: { kind: output.kind, path: output.path },
      ...(manifest === undefined
        ? {}
        : { manifest: { path: manifest.path, signature: manifest.signaturePath } }),
      ...(rejects === undefined || run.refused === 0
        ? {}
        : { rejects: { path: rejects.path, leftOut: rejects.leftOut } }),
    };
    if (!run.complete) {
      ledger.leaveBatch(batch);
      return { ...result, state: "interrupted" };
    }
    output.finish();
    const nowMs = deps.clock.now();
    manifest?.finish(createManifestSigner(approver.issuer, nowMs));
    const { output: where, manifest: list } = result;
    ledger.finishBatch(batch, JSON.stringify({ output: where, manifest: list }), nowMs);
    return { ...result, state: "finished" };
  } catch (error) {
    quietly(() => rejects?.leave());
    quietly(() => ledger.leaveBatch(batch));
    throw error;
  } finally {
    stop.end();
    files?.output.close();
    files?.manifest?.close();
  }
}

/** The line that signs, where it is not the root: what a device's chain goes on with. */
function aboveDevices({ approver }: OpenedBatch): Pick<BatchFilesRequest, "above"> {
  const carried = approver.issuer.chain.slice(0, -1);
  if (carried.length === 0) return {};
  return { above: carried.map(({ der }) => writePem("CERTIFICATE", der)).join("") };
}

function headerOf({ batch, input, order, approver }: OpenedBatch): ManifestHeader {
  const { certificate } = approver.issuer;
  return {
    batch: String(batch.id),
    input: input.digest,
    policy: order.judge.policy.name,
    policyDigest: policyDigest(order.judge.policy),
    issuer: formatName(certificate.subject),
    issuerSpkiSha256: sha256Hex(certificate.publicKey.der),
    createdMs: batch.begunMs,
  };
}

/** A batch on its way: a few chunks at once are being made, and committed one after the other in the input's order. */
class BatchRun {
  issued: number;
  refused: number;
  lastLine: number;
  /** Whether every row is done with. */
  complete = false;
  private readonly opened: OpenedBatch;
  private readonly files: BatchFiles;
  private readonly makers: Makers;
  private readonly stop: StopWatch;
  private readonly world: ReserveWorld;
  private readonly pace: ChunkPace;
  private readonly flights: Flight[] = [];
  /** What ended the input before its end; what was read before is made all the same. */
  private failure: unknown;

  constructor(opened: OpenedBatch, files: BatchFiles, makers: Makers, stop: StopWatch) {
    this.opened = opened;
    this.files = files;
    this.makers = makers;
    this.stop = stop;
    const { batch, order, approver, input, deps, ledger, isDone } = opened;
    const { output } = files;
    this.world = { ledger, batch, output, approver, order, deps, inputName: input.name, isDone };
    ({ issued: this.issued, refused: this.refused, lastLine: this.lastLine } = batch.progress);
    const usual = SIZES[paceOf(approver)];
    const chunk = order.chunkRows ?? usual.chunk;
    const sizes = order.chunkRows === undefined ? usual : { chunk, piece: Math.min(chunk, usual.piece) };
    this.pace = new ChunkPace(sizes);
  }

  /** Goes through all chunks; gives each one when it is committed. */
  async *chunks(): AsyncGenerator<MadeChunk> {
    const { input, batch, ledger, order, deps } = this.opened;
    // Rows that were refused are told again: the file for them may not have all of them.
    const passOver = input.repeatable && batch.progress.refused === 0;
    const after = passOver ? batch.progress.lastLine : 0;
    const cut = cutIntoChunks(input, () => this.pace.chunk, after);
    const ahead = new Ahead({
      source: sameRows(cut, this.opened, this.files.output),
      prepare: (rows) => withRequests(this.withoutDone(rows), this.makers, this.opened.proven),
      depth: AHEAD,
      stop: this.stop.asked,
    });
    for (;;) {
      while (this.flights.length < WINDOW && !ahead.ended && !this.stop.requested) {
        const [first] = this.flights;
        // A stream may take its time: what is made is not to wait for it.
        if (first !== undefined && !ahead.isReady) {
          await Promise.race([ahead.ready(), settled(first.made)]);
          if (!ahead.isReady) break;
        }
        const asking = await this.ask(ahead);
        if (asking === undefined) break;
        const nowMs = deps.clock.now();
        this.start(asking, ledger.reserveChunk(batch, asking.asked, nowMs), nowMs);
      }
      const flight = this.flights.shift();
      if (flight === undefined) break;
      const devices = await flight.made;
      const { asking, reserved, atMs, pieces } = flight;
      const { encoder } = this.files;
      const made = gather(reserved, pieces, devices, { atMs, encoder, inputName: this.world.inputName });
      const written = writeChunk(this.files, made);
      const late = made.refused.filter(({ rejected }) => rejected.line > batch.progress.lastLine);
      this.lastLine = Math.max(this.lastLine, asking.chunk.lastLine);
      const nowMs = deps.clock.now();
      const over = order.maxErrors !== undefined && this.refused + late.length > order.maxErrors;
      const ends = this.stop.requested || over;
      const commit = {
        ...written,
        ...(ends ? { released: [...(written.released ?? []), ...this.letGo()] } : {}),
        refused: late.length,
        lastLine: this.lastLine,
        atMs: nowMs,
      };
      const next = !ends && ahead.isReady ? await this.ask(ahead) : undefined;
      if (next === undefined) ledger.commitChunk(batch, commit);
      else this.start(next, ledger.turnChunk(batch, commit, next.asked, nowMs), nowMs);
      this.makers.reuse(forgetKeys(made));
      this.pace.committed(deps.clock.now());
      this.issued += made.issued.serials.length;
      this.refused += late.length;
      yield made;
      if (over)
        throw tooManyErrors({
          refused: this.refused,
          most: order.maxErrors ?? 0,
          made: this.issued,
          first: firstOf(made),
        });
      if (ends) return;
    }
    if (this.failure !== undefined) throw this.failure;
    this.complete = !this.stop.requested || ahead.ended;
  }

  /** A list's rows are what they were, but the requests that they name may not be: those that are done with are not read again. */
  private withoutDone(chunk: Rows): Rows {
    const { input, isDone } = this.opened;
    if (!input.repeatable) return chunk;
    return { ...chunk, rows: chunk.rows.filter((row) => row.csr === undefined || !isDone(row)) };
  }

  private async ask(ahead: Ahead<Rows, Chunk>): Promise<Asking | undefined> {
    try {
      const chunk = await ahead.next();
      return chunk === undefined ? undefined : askFor(chunk, this.world);
    } catch (error) {
      this.failure ??= error;
      return undefined;
    }
  }

  private start(asking: Asking, outcomes: readonly RowOutcome[], atMs: number): void {
    const reserved = sortOut(asking, outcomes, this.world, atMs);
    const pieces = cutIntoPieces(reserved.slots, this.pace.pieceOf(reserved.slots.length));
    const made = Promise.all(
      pieces.flatMap((piece) => (piece.kind === "make" ? this.makers.make(piece.jobs, atMs) : [])),
    );
    // It is looked at when its turn comes.
    made.catch(() => undefined);
    this.flights.push({ asking, reserved, atMs, pieces, made });
  }

  /** Gives up the chunks behind the one in hand: nothing of them is written, and their serials are free again. */
  private letGo(): readonly string[] {
    return this.flights
      .splice(0)
      .flatMap(({ reserved }) => reserved.slots)
      .filter((slot) => !slot.takenOver && mayBeFreed(slot))
      .map(({ row }) => row.serial.toString());
  }
}

async function settled(promise: Promise<unknown>): Promise<void> {
  await promise.catch(() => undefined);
}

function paceOf({ key, issuer }: DeviceApprover): keyof typeof SIZES {
  if (key.kind === "rsa") return "rsa";
  return issuer.signer.keyObject === undefined ? "token" : "quick";
}

function firstOf({ refused }: MadeChunk): SamicertsError | undefined {
  return refused[0]?.rejected.error;
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // What failed first is what must be said.
  }
}
