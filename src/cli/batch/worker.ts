// A thread that makes devices: started with the plan, it answers each task with its result, or why there is none.
import { parentPort, workerData } from "node:worker_threads";
import { refusalParts } from "../../actions/make-devices.ts";
import { SamicertsError } from "../../base/errors.ts";
import type { TaskRunner } from "./maker.ts";
import type { MakerPlan, MakerTask } from "./plan.ts";
import { taskRunnerFor } from "./planned-maker.ts";
import type { TaskAnswer } from "./thread-makers.ts";

let run: TaskRunner | undefined;

parentPort?.on("message", ({ turn, task }: { readonly turn: number; readonly task: MakerTask }) => {
  let answer: TaskAnswer;
  try {
    run ??= taskRunnerFor(workerData as MakerPlan);
    answer = { turn, value: run(task) };
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    answer = { turn, error: refusalParts(error) };
  }
  // Given away, not copied.
  const own = "value" in answer && "packed" in answer.value ? [answer.value.packed.bytes.buffer] : [];
  parentPort?.postMessage(answer, own);
});
