// A thread that makes devices, started with the plan.
import type { DevicesMade } from "../../actions/make-devices.ts";
import { answerTasks } from "./answer-tasks.ts";
import type { MakerPlan } from "./plan.ts";
import { taskRunnerFor } from "./planned-maker.ts";

answerTasks((plan: MakerPlan) => ({
  run: taskRunnerFor(plan),
  give: (value) => {
    if (value !== undefined && "encoded" in value) return memoryOf(value);
    return value !== undefined && "toSign" in value ? [value.toSign.bytes.buffer] : [];
  },
}));

function memoryOf({ encoded, facts }: DevicesMade): ArrayBuffer[] {
  const columns = [facts.der, facts.spkiSha256, facts.derLengths, facts.notBeforeMs, facts.notAfterMs];
  return [encoded.output, encoded.manifest, ...columns].map(({ buffer }) => buffer as ArrayBuffer);
}
