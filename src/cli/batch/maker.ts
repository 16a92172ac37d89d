import type { RequestRead } from "../../actions/batch-order.ts";
import { type DeviceApprover, prepareDeviceApprover } from "../../actions/issue-device.ts";
import { createDeviceMaker, type DevicesMade } from "../../actions/make-devices.ts";
import { keyGenerator } from "../../keys/generate.ts";
import { softwareSigner } from "../../keys/software-signer.ts";
import { compilePolicy } from "../../policy/evaluate.ts";
import { type Certificate, decodeCertificate } from "../../x509/certificate.ts";
import type { MakerPlan, MakerTask } from "./plan.ts";
import { readRequests } from "./requests.ts";

/** Does what a maker is asked. */
export type TaskRunner = (task: MakerTask) => DevicesMade | readonly RequestRead[];

/** Prepares to do a batch's tasks with an approver that is there. */
export function createTaskRunner(
  approver: DeviceApprover,
  { checkAll, requestsFrom }: Pick<MakerPlan, "checkAll" | "requestsFrom">,
): TaskRunner {
  const make = createDeviceMaker({ approver, keyGenerator, checkAll });
  return (task) =>
    task.kind === "make" ? make(task.jobs, task.atMs) : readRequests(task.requests, requestsFrom);
}

/** Prepares the same by a plan, in a thread of its own. */
export function taskRunnerFor(plan: MakerPlan): TaskRunner {
  const chain = plan.chain.map((der) => decodeCertificate(der));
  const [certificate] = chain as [Certificate];
  const signer = softwareSigner(certificate.publicKey, () => plan.key);
  const { deviceKey, validity, subject } = plan;
  const approver = prepareDeviceApprover(
    { certificate, signer, chain },
    {
      judge: compilePolicy(plan.policy),
      ...(deviceKey === undefined ? {} : { key: deviceKey }),
      ...(validity === undefined ? {} : { validity }),
      ...(subject === undefined ? {} : { subject }),
    },
  );
  return createTaskRunner(approver, plan);
}
