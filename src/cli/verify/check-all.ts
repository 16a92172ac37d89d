import { join } from "node:path";
import type { SourcePath, Sources } from "../find-sources.ts";
import { type ChunkResult, createChunkChecker } from "./check-chunk.ts";
import { inThreads } from "./in-threads.ts";
import type { VerifyPlan } from "./plan.ts";

/** Sources that a thread is given at once. */
const CHUNK = 128;
/** With fewer for each thread, starting them takes longer than they save. */
const LEAST_A_THREAD = 500;

/** Verifies all sources by a plan, in up to `jobs` threads; the results are in the order of the sources. */
export function checkAll(plan: VerifyPlan, sources: Sources, jobs: number): AsyncIterable<ChunkResult> {
  const threads = Math.min(jobs, Math.floor(sources.count / LEAST_A_THREAD));
  return threads < 2 ? checkHere(plan, sources) : checkInThreads(plan, sources, threads);
}

async function* checkHere(plan: VerifyPlan, sources: Sources): AsyncGenerator<ChunkResult> {
  const check = createChunkChecker(plan);
  for (const chunk of chunksOf(sources.paths())) yield check(chunk);
}

async function* checkInThreads(
  plan: VerifyPlan,
  sources: Sources,
  threads: number,
): AsyncGenerator<ChunkResult> {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const file = join(__dirname, "verify-worker.cjs");
  const workers = Array.from({ length: threads }, () => new Worker(file, { workerData: plan }));
  yield* inThreads<readonly SourcePath[], ChunkResult>(chunksOf(sources.paths()), workers);
}

function* chunksOf(paths: Iterable<SourcePath>): Generator<readonly SourcePath[]> {
  let chunk: SourcePath[] = [];
  for (const path of paths) {
    chunk.push(path);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
