import { Worker } from "node:worker_threads";
import type { Told } from "./peak-thread.ts";

const MEGABYTE = 1024 * 1024;
/** What a thread needs beside its heap as it was measured, so that it is not short of it by accident. */
const SLACK_MB = 4;

/**
 * Has a target read its large inputs in a thread whose heap may grow by `times` the largest of them and no more.
 * Gives the place of the input that it could not get through with; undefined where it got through with all.
 */
export async function firstBeyondHeap(
  target: string,
  inputs: readonly Uint8Array[],
  times: number,
  thread: string,
): Promise<number | undefined> {
  const [begun] = await follow(thread, { target, inputs: [] }, 4096);
  if (begun === undefined) throw new Error(`${target} does not begin`);
  const largest = Math.max(...inputs.map(({ length }) => length));
  const most = Math.ceil((begun.heap + times * largest) / MEGABYTE) + SLACK_MB;
  const told = await follow(thread, { target, inputs }, most);
  if (told.length === 0) throw new Error(`${target} does not begin in ${most} MB`);
  const last = told.at(-1);
  return last?.what === "end" ? undefined : told.length - 1;
}

/** What a thread tells until it ends, whatever it ends of. */
async function follow(thread: string, task: object, most: number): Promise<readonly Told[]> {
  const worker = new Worker(thread, {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: most, maxYoungGenerationSizeMb: 2 },
  });
  const told: Told[] = [];
  return await new Promise((resolve) => {
    worker.on("message", (one: Told) => told.push(one));
    worker.on("error", () => undefined);
    worker.on("exit", () => resolve(told));
  });
}
