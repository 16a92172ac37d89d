import type { RequestRead } from "../../actions/batch-order.ts";
import type { DeviceApprover } from "../../actions/issue-device.ts";
import { createDeviceMaker, type DevicesMade } from "../../actions/make-devices.ts";
import { createDeviceEncoder } from "../../batch-output/device-encoder.ts";
import { keyGenerator } from "../../keys/generate.ts";
import type { MakerPlan, MakerTask } from "./plan.ts";
import { readRequests } from "./requests.ts";

/** What comes of a maker's task. */
export type TaskValue = DevicesMade | readonly RequestRead[];

/** Does what a maker is asked. */
export type TaskRunner = (task: MakerTask) => TaskValue;

/** Prepares to do a batch's tasks with an approver that is there. */
export function createTaskRunner(
  approver: DeviceApprover,
  { checkAll, requestsFrom, encoding }: Pick<MakerPlan, "checkAll" | "requestsFrom" | "encoding">,
): TaskRunner {
  const encoder = createDeviceEncoder(encoding);
  const make = createDeviceMaker({ approver, keyGenerator, checkAll, encoder });
  return (task) =>
    task.kind === "make" ? make(task.jobs, task.atMs) : readRequests(task.requests, requestsFrom);
}
