import { join } from "node:path";
import { findSources, type SourcePath } from "../find-sources.ts";
import { archiveWork, isArchive } from "./archive.ts";
import { type ChunkResult, createChunkChecker } from "./check-chunk.ts";
import type { Chunk, FilesChunk, Workload } from "./chunk.ts";
import { inThreads } from "./in-threads.ts";
import type { VerifyPlan } from "./plan.ts";
import { revocationAsked } from "./revocation-asked.ts";

/** Files that a thread is given at once. */
const CHUNK = 128;
/** With fewer certificates for each thread, starting them takes longer than they save. */
const LEAST_A_THREAD = 500;

/** What the operands stand for; throws as `findSources` does. */
export function workFor(operands: readonly string[]): Workload {
  const parts = operands.map((operand) => (isArchive(operand) ? archiveWork(operand) : filesWork(operand)));
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const unit = parts.every((part) => part.unit === "octets") ? "octets" : "files";
  const counted = parts.filter((part) => part.unit === unit);
  return {
    total: counted.reduce((sum, { total }) => sum + total, 0),
    unit,
    size: parts.reduce((sum, { size }) => sum + size, 0),
    async *chunks() {
      for (const part of parts)
        for await (const chunk of part.chunks()) yield part.unit === unit ? chunk : { ...chunk, weight: 0 };
    },
  };
}

function filesWork(operand: string): Workload {
  const { count, paths } = findSources([operand]);
  return { total: count, unit: "files", size: count, chunks: () => filesChunks(paths()) };
}

function* filesChunks(paths: Iterable<SourcePath>): Generator<FilesChunk> {
  let sources: SourcePath[] = [];
  for (const path of paths) {
    sources.push(path);
    if (sources.length < CHUNK) continue;
    yield { kind: "files", weight: sources.length, sources };
    sources = [];
  }
  if (sources.length > 0) yield { kind: "files", weight: sources.length, sources };
}

/**
 * Verifies all of a workload by a plan, in up to `jobs` threads, as many as there are cores by default; the results are
 * in its order.
 */
export function checkAll(
  plan: VerifyPlan,
  work: Workload,
  jobs: number | undefined,
): AsyncIterable<ChunkResult> {
  const useful = Math.floor(work.size / LEAST_A_THREAD);
  if (useful < 2) return checkHere(plan, work);
  const threads = Math.min(useful, jobs ?? process.getBuiltinModule("node:os").availableParallelism());
  return threads < 2 ? checkHere(plan, work) : checkInThreads(plan, work, threads);
}

async function* checkHere(plan: VerifyPlan, work: Workload): AsyncGenerator<ChunkResult> {
  const revocation = await revocationAsked(plan);
  try {
    const check = createChunkChecker(plan, revocation.pathChecks);
    for await (const chunk of work.chunks()) yield check(chunk);
  } finally {
    revocation.close();
  }
}

async function* checkInThreads(
  plan: VerifyPlan,
  work: Workload,
  threads: number,
): AsyncGenerator<ChunkResult> {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const file = join(__dirname, "verify-worker.cjs");
  const workers = Array.from({ length: threads }, () => new Worker(file, { workerData: plan }));
  yield* inThreads<Chunk, ChunkResult>(work.chunks(), workers, ownMemory);
}

/** What can be handed over to a thread instead of being copied. */
function ownMemory(chunk: Chunk): readonly ArrayBuffer[] {
  if (chunk.kind !== "members") return [];
  const buffers = chunk.members.flatMap(({ bytes, key }) => [
    bytes.buffer,
    ...(key === undefined ? [] : [key.bytes.buffer]),
  ]);
  return [...new Set(buffers)] as ArrayBuffer[];
}
