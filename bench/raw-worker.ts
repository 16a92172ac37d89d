// A thread that does raw work for a while, or a number of times, and posts how fast.
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
import type { RawOrder } from "./raw-rate.ts";
import { rawStep } from "./raw-steps.ts";

const { work, atLeastMs, atLeastTurns } = workerData as RawOrder;
const step = rawStep(work);
const start = process.hrtime.bigint();
let elapsedMs = 0;
let turns = 0;
let sum = 0;
while (elapsedMs < atLeastMs || turns < atLeastTurns) {
  sum += step(turns++);
  elapsedMs = Number(process.hrtime.bigint() - start) / 1e6;
}
if (sum === 0) throw new Error("nothing was made");
parentPort?.postMessage((turns / elapsedMs) * 1000);
