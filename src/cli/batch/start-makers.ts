import type { BatchOrder, Makers } from "../../actions/batch-order.ts";
import type { DeviceApprover } from "../../actions/issue-device.ts";
import { loginGate } from "./login-gate.ts";
import { createTaskRunner } from "./maker.ts";
import type { MakerPlan } from "./plan.ts";
import { ownThreadMakers, threadMakers } from "./thread-makers.ts";

/** With fewer rows than this, starting threads takes longer than they save. */
const FEW_ROWS = 200;
/** A token keeps a thread waiting while it signs, so there are more of them than cores. */
const LEAST_SESSIONS = 4;

/** How makers work, beside what the order says. */
export interface MakersOptions extends Pick<MakerPlan, "checkAll" | "requestsFrom" | "encoding"> {
  /** Threads; by the machine, and by the token where the key is in one, where absent. */
  readonly jobs?: number;
}

/** Starts what makes a batch's devices, for about so many rows: this thread, or several. Throws `token.*`. */
export function startMakers(
  approver: DeviceApprover,
  rows: number | undefined,
  order: Pick<BatchOrder, "judge" | "key" | "validity" | "subject">,
  { jobs, ...work }: MakersOptions,
): Makers {
  const isSlow = approver.key.kind === "rsa";
  const few = !isSlow && rows !== undefined && rows < FEW_ROWS;
  const shared = few ? undefined : shareKey(approver, jobs);
  if (shared === undefined) return ownThreadMakers(createTaskRunner(approver, work));
  const { key: deviceKey, validity, subject } = order;
  const plan: MakerPlan = {
    ...work,
    policy: order.judge.policy,
    chain: approver.issuer.chain.map(({ der }) => der),
    key: shared.key,
    ...(deviceKey === undefined ? {} : { deviceKey }),
    ...(validity === undefined ? {} : { validity }),
    ...(subject === undefined ? {} : { subject }),
  };
  return threadMakers(plan, shared.threads);
}

/** The issuer's key as threads can have it, and for how many of them; undefined where they can't. */
function shareKey(
  { issuer: { signer } }: DeviceApprover,
  jobs: number | undefined,
): { readonly key: MakerPlan["key"]; readonly threads: number } | undefined {
  const cores = process.getBuiltinModule("node:os").availableParallelism();
  const key = signer.keyObject?.();
  if (key !== undefined) return { key, threads: jobs ?? cores };
  const shared = signer.share?.(jobs ?? Math.max(cores, LEAST_SESSIONS));
  if (shared === undefined || shared.sessions === 0) return undefined;
  return { key: { shared, gate: loginGate() }, threads: shared.sessions };
}
