import { prepareDeviceApprover } from "../../actions/issue-device.ts";
import { softwareSigner } from "../../keys/software-signer.ts";
import { openJudge } from "../../open-judge.ts";
import { type Certificate, decodeCertificate } from "../../x509/certificate.ts";
import { createTaskRunner, type TaskRunner } from "./maker.ts";
import type { MakerPlan } from "./plan.ts";

/** Prepares to do a batch's tasks by a plan, in a thread of its own. */
export function taskRunnerFor(plan: MakerPlan): TaskRunner {
  const chain = plan.chain.map((der) => decodeCertificate(der));
  const [certificate] = chain as [Certificate];
  const signer = softwareSigner(certificate.publicKey, () => {
    if (plan.key === undefined) throw new Error("another thread signs");
    return plan.key;
  });
  const { deviceKey, validity, subject } = plan;
  const approver = prepareDeviceApprover(
    { certificate, signer, chain },
    {
      judge: openJudge(plan.policy),
      ...(deviceKey === undefined ? {} : { key: deviceKey }),
      ...(validity === undefined ? {} : { validity }),
      ...(subject === undefined ? {} : { subject }),
    },
  );
  return createTaskRunner(approver, plan);
}
