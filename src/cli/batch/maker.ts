import type { RequestJudged, RequestRead } from "../../actions/batch-order.ts";
import type { DeviceApprover } from "../../actions/issue-device.ts";
import { createDeviceMaker, type DevicesMade, type PreparedDevices } from "../../actions/make-devices.ts";
import { createDeviceEncoder } from "../../batch-output/device-encoder.ts";
import { keyGenerator } from "../../keys/generate.ts";
import { joinRows, type OctetRows, splitRows } from "./octet-rows.ts";
import type { MakerPlan, MakerTask } from "./plan.ts";
import { judgeRequests, readRequests } from "./requests.ts";

/** Devices that this thread has prepared: their part to be signed, and what to name them by afterwards. */
export interface PreparedPiece {
  readonly ticket: number;
  readonly toSign: OctetRows;
}

/** What comes of a maker's task. */
export type TaskValue =
  | DevicesMade
  | PreparedPiece
  | readonly RequestRead[]
  | readonly RequestJudged[]
  | undefined;

/** Does what a maker is asked. */
export type TaskRunner = (task: MakerTask) => TaskValue;

/** Prepares to do a batch's tasks with an approver that is there. */
export function createTaskRunner(
  approver: DeviceApprover,
  { checkAll, requestsFrom, encoding }: Pick<MakerPlan, "checkAll" | "requestsFrom" | "encoding">,
): TaskRunner {
  const encoder = createDeviceEncoder(encoding);
  const maker = createDeviceMaker({ approver, keyGenerator, checkAll, encoder });
  const prepared = new Map<number, PreparedDevices>();
  let tickets = 0;
  const take = (ticket: number): PreparedDevices | undefined => {
    const devices = prepared.get(ticket);
    prepared.delete(ticket);
    return devices;
  };
  return (task) => {
    switch (task.kind) {
      case "make":
        if (task.memory !== undefined) encoder.reuse(task.memory);
        return maker.make(task.jobs, task.atMs);
      case "prepare": {
        const devices = maker.prepare(task.jobs, task.atMs);
        const ticket = tickets++;
        prepared.set(ticket, devices);
        return { ticket, toSign: joinRows(devices.approved.map(({ tbs }) => tbs)) };
      }
      case "finish":
        if (task.memory !== undefined) encoder.reuse(task.memory);
        return take(task.ticket)?.finish(splitRows(task.signatures));
      case "drop":
        take(task.ticket)?.wipe();
        return undefined;
      case "read":
        return readRequests(task.requests, requestsFrom);
      case "judge":
        return judgeRequests(task.devices, requestsFrom, (device, publicKey) => {
          approver.approve(device, publicKey, task.atMs);
        });
    }
  };
}
