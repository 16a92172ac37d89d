// A thread that makes devices, started with the plan.
import { answerTasks } from "./answer-tasks.ts";
import type { MakerPlan } from "./plan.ts";
import { taskRunnerFor } from "./planned-maker.ts";

answerTasks((plan: MakerPlan) => ({
  run: taskRunnerFor(plan),
  give: (value) => ("packed" in value ? [value.packed.bytes.buffer] : []),
}));
