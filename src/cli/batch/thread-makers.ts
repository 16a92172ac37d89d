import type { Makers, RequestJudged, RequestRead } from "../../actions/batch-order.ts";
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
    judgeRequests: async (devices, atMs) => run({ kind: "judge", devices, atMs }) as readonly RequestJudged[],
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
    ...requestsInThreads(threads),
    close: () => threads.close(),
  };
}

/** Has requests read and judged, an equal part of them by each thread. */
export function requestsInThreads(
  threads: Threads<MakerTask, TaskValue>,
): Pick<Makers, "readRequests" | "judgeRequests"> {
  const share = async <Item>(all: readonly Item[], task: (part: readonly Item[]) => MakerTask) => {
    const size = Math.ceil(all.length / threads.count);
    const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
      threads.ask(task(all.slice(index * size, (index + 1) * size))),
    );
    return (await Promise.all(parts)).map(({ value }) => value);
  };
  return {
    readRequests: async (requests) =>
      (await share(requests, (part) => ({ kind: "read", requests: part }))).flat() as RequestRead[],
    judgeRequests: async (devices, atMs) =>
      (await share(devices, (part) => ({ kind: "judge", devices: part, atMs }))).flat() as RequestJudged[],
  };
}
