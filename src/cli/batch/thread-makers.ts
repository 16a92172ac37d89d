import type { Makers, RequestRead } from "../../actions/batch-order.ts";
import type { DevicesMade } from "../../actions/make-devices.ts";
import type { TaskRunner, TaskValue } from "./maker.ts";
import type { MakerPlan, MakerTask } from "./plan.ts";
import { Threads } from "./threads.ts";

/** Makes devices in this very thread. */
export function ownThreadMakers(run: TaskRunner): Makers {
  return {
    make: async (jobs, atMs) => run({ kind: "make", jobs, atMs }) as DevicesMade,
    reuse: () => {},
    readRequests: async (requests) => run({ kind: "read", requests }) as readonly RequestRead[],
    close: async () => {},
  };
}

/** Starts so many threads that make devices and sign them. */
export function threadMakers(plan: MakerPlan, count: number): Makers {
  const threads = new Threads<MakerTask, TaskValue>("batch-worker.cjs", plan, count);
  const spare: ArrayBuffer[] = [];
  return {
    async make(jobs, atMs) {
      const memory = spare.pop();
      const give = memory === undefined ? [] : [memory];
      return (await threads.ask({ kind: "make", jobs, atMs, memory }, give)).value as DevicesMade;
    },
    reuse: (memory) => spare.push(...memory),
    readRequests: (requests) => readInThreads(threads, requests),
    close: () => threads.close(),
  };
}

/** Has requests read, an equal part of them by each thread. */
export async function readInThreads(
  threads: Threads<MakerTask, TaskValue>,
  requests: readonly string[],
): Promise<readonly RequestRead[]> {
  const size = Math.ceil(requests.length / threads.count);
  const parts = Array.from({ length: Math.ceil(requests.length / size) }, (_, index) =>
    threads.ask({ kind: "read", requests: requests.slice(index * size, (index + 1) * size) }),
  );
  return (await Promise.all(parts)).flatMap(({ value }) => value as readonly RequestRead[]);
}
