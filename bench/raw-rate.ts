import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { RawWork } from "./raw-steps.ts";

/** What one thread is to do, and for how long at least. */
export interface RawOrder {
  readonly work: RawWork;
  readonly atLeastMs: number;
  readonly atLeastTurns: number;
}

/** Has one thread an order carry them out at once; gives how many turns all of them did a second. */
export async function rawRate(orders: readonly RawOrder[]): Promise<number> {
  const rates = await Promise.all(
    orders.map(async (order) => {
      // Bundled beside the benchmark by run.mjs.
      const worker = new Worker(new URL("./raw-worker.mjs", import.meta.url), { workerData: order });
      const [rate] = (await once(worker, "message")) as [number];
      return rate;
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
