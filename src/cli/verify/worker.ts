// A thread that verifies chunks: started with the plan, it answers each chunk with its result.
import { parentPort, workerData } from "node:worker_threads";
import { createChunkChecker } from "./check-chunk.ts";
import type { Chunk } from "./chunk.ts";
import type { Numbered } from "./in-threads.ts";
import type { VerifyPlan } from "./plan.ts";
import { openRevocation } from "./revocation.ts";

const plan = workerData as VerifyPlan;
// Let go of when the thread ends.
const check = createChunkChecker(plan, openRevocation(plan).pathChecks);
parentPort?.on("message", ({ turn, value }: Numbered<Chunk>) => {
  parentPort?.postMessage({ turn, value: check(value) });
});
