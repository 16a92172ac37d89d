// A thread that makes devices: started with the plan, it answers each task with its result.
import { parentPort, workerData } from "node:worker_threads";
import { taskRunnerFor } from "./maker.ts";
import type { MakerPlan, MakerTask } from "./plan.ts";
import type { TaskAnswer } from "./thread-makers.ts";

const run = taskRunnerFor(workerData as MakerPlan);

parentPort?.on("message", ({ turn, task }: { readonly turn: number; readonly task: MakerTask }) => {
  const value = run(task);
  // Given away, not copied.
  const own = "packed" in value ? [value.packed.bytes.buffer] : [];
  parentPort?.postMessage({ turn, value } satisfies TaskAnswer, own);
});
