// A thread that verifies chunks: started with the plan, it answers each chunk with its result.
import { parentPort, workerData } from "node:worker_threads";
import { createChunkChecker } from "./check-chunk.ts";
import type { Chunk } from "./chunk.ts";
import type { Numbered } from "./in-threads.ts";
import type { VerifyPlan } from "./plan.ts";
import { revocationAsked } from "./revocation-asked.ts";

const plan = workerData as VerifyPlan;

async function work(): Promise<void> {
  // Let go of when the thread ends.
  const { pathChecks } = await revocationAsked(plan);
  const check = createChunkChecker(plan, pathChecks);
  parentPort?.on("message", ({ turn, value }: Numbered<Chunk>) => {
    parentPort?.postMessage({ turn, value: check(value) });
  });
}

void work();
