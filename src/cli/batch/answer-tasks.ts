import { parentPort, workerData } from "node:worker_threads";
import { refusalParts } from "../../actions/make-devices.ts";
import { SamicertsError } from "../../base/errors.ts";
import type { TaskAnswer, TaskMessage } from "./threads.ts";

/** How a thread does its tasks. */
export interface TaskDoer<Task, Value> {
  readonly run: (task: Task) => Value;
  /** Memory of a result that is given away with it, not copied. */
  readonly give: (value: Value) => readonly ArrayBuffer[];
}

/** In a thread: answers each task with its result, or with why there is none; `open` prepares at the first one. */
export function answerTasks<Plan, Task, Value>(open: (plan: Plan) => TaskDoer<Task, Value>): void {
  let doer: TaskDoer<Task, Value> | undefined;
  parentPort?.on("message", ({ turn, task }: TaskMessage<Task>) => {
    let answer: TaskAnswer<Value>;
    let give: readonly ArrayBuffer[] = [];
    const begun = performance.now();
    const ms = (): number => performance.now() - begun;
    try {
      doer ??= open(workerData as Plan);
      const value = doer.run(task);
      answer = { turn, ms: ms(), value };
      give = doer.give(value);
    } catch (error) {
      if (!(error instanceof SamicertsError)) throw error;
      answer = { turn, ms: ms(), error: refusalParts(error) };
    }
    parentPort?.postMessage(answer, give);
  });
}
