import type { BatchOrder, Makers } from "../../actions/batch-order.ts";
import type { DeviceApprover } from "../../actions/issue-device.ts";
import { loginGate } from "./login-gate.ts";
import { createTaskRunner } from "./maker.ts";
import type { MakerPlan } from "./plan.ts";
import { ownThreadMakers, threadMakers } from "./thread-makers.ts";
import { tokenMakers } from "./token-makers.ts";

/** With fewer rows than this, starting threads takes longer than they save. */
const FEW_ROWS = 200;
/** A token may take a tenth of a second for a signature: its threads are worth their start much sooner. */
const FEW_TOKEN_ROWS = 16;
/** A token that is slow signs more in several sessions at once. */
const LEAST_SESSIONS = 4;

/** How makers work, beside what the order says. */
export interface MakersOptions extends Pick<MakerPlan, "checkAll" | "requestsFrom" | "encoding"> {
  /** Threads, or the sessions with the token that has the key; by the machine and the token where absent. */
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
  const { signer } = approver.issuer;
  const inToken = signer.keyObject === undefined;
  const few = !isSlow && rows !== undefined && rows < (inToken ? FEW_TOKEN_ROWS : FEW_ROWS);
  if (few) return ownThreadMakers(createTaskRunner(approver, work));
  const cores = process.getBuiltinModule("node:os").availableParallelism();
  const key = signer.keyObject?.();
  const { key: deviceKey, validity, subject } = order;
  const plan: MakerPlan = {
    ...work,
    policy: order.judge.policy,
    chain: approver.issuer.chain.map(({ der }) => der),
    ...(key === undefined ? {} : { key }),
    ...(deviceKey === undefined ? {} : { deviceKey }),
    ...(validity === undefined ? {} : { validity }),
    ...(subject === undefined ? {} : { subject }),
  };
  if (key !== undefined) return threadMakers(plan, jobs ?? cores);
  const shared = signer.share?.(jobs ?? Math.max(cores, LEAST_SESSIONS));
  if (shared === undefined || shared.sessions === 0) return ownThreadMakers(createTaskRunner(approver, work));
  const signing = { shared, gate: loginGate(), algorithm: approver.signatureAlgorithm };
  const makers = isSlow ? cores : Math.ceil(cores / 2);
  return tokenMakers(plan, signing, { makers: Math.min(makers, jobs ?? makers), signers: shared.sessions });
}
