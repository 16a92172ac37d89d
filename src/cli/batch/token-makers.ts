import { setTimeout } from "node:timers/promises";
import type { Makers } from "../../actions/batch-order.ts";
import type { DeviceJob, DevicesMade } from "../../actions/make-devices.ts";
import type { PreparedPiece, TaskValue } from "./maker.ts";
import type { OctetRows } from "./octet-rows.ts";
import type { MakerPlan, MakerTask, SignerPlan } from "./plan.ts";
import { requestsInThreads } from "./thread-makers.ts";
import { Threads } from "./threads.ts";

/** How many threads make devices, and how many sign them. */
export interface TokenThreads {
  readonly makers: number;
  /** Each in a session of its own. */
  readonly signers: number;
}

/** So long the threads have, when it ends early, to overwrite the keys of devices that are given up. */
const WIPE_MS = 1000;

/**
 * Starts threads that make devices and others that sign them with a token's key. A token that is slow keeps only those
 * waiting that sign, and these have the next devices in hand while others make them: it is never waited for in vain.
 */
export function tokenMakers(plan: MakerPlan, signing: SignerPlan, threads: TokenThreads): Makers {
  const makers = new Threads<MakerTask, TaskValue>("batch-worker.cjs", plan, threads.makers);
  const signers = new Threads<OctetRows, OctetRows>("batch-signer.cjs", signing, threads.signers);
  const underWay = new Set<Promise<DevicesMade>>();
  const spare: ArrayBuffer[] = [];
  const make = async (jobs: readonly DeviceJob[], atMs: number): Promise<DevicesMade> => {
    const { value, thread } = await makers.ask({ kind: "prepare", jobs, atMs });
    const { ticket, toSign } = value as PreparedPiece;
    try {
      const { value: signatures } = await signers.ask(toSign, [toSign.bytes.buffer]);
      const memory = spare.pop();
      const finish: MakerTask = { kind: "finish", ticket, signatures, memory };
      const give = memory === undefined ? [signatures.bytes.buffer] : [signatures.bytes.buffer, memory];
      return (await makers.askAgain(thread, finish, give)).value as DevicesMade;
    } catch (error) {
      // It may have ended, and its keys with it: what failed first is what must be said.
      await makers.askAgain(thread, { kind: "drop", ticket }).catch(() => undefined);
      throw error;
    }
  };
  return {
    make(jobs, atMs) {
      const made = make(jobs, atMs);
      underWay.add(made);
      const end = (): void => void underWay.delete(made);
      made.then(end, end);
      return made;
    },
    reuse: (memory) => spare.push(...memory),
    ...requestsInThreads(makers),
    async close() {
      makers.giveUp(new Error("the batch has ended"));
      await signers.close();
      await Promise.race([Promise.allSettled(underWay), setTimeout(WIPE_MS, undefined, { ref: false })]);
      await makers.close();
    },
  };
}
