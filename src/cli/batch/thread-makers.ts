import { join } from "node:path";
import type { Makers, RequestRead } from "../../actions/batch-order.ts";
import type { DevicesMade, RefusalParts } from "../../actions/make-devices.ts";
import { SamicertsError } from "../../base/errors.ts";
import type { TaskRunner } from "./maker.ts";
import type { MakerPlan, MakerTask } from "./plan.ts";

/** What a thread sends back. */
export type TaskAnswer = { readonly turn: number } & (
  | { readonly value: TaskValue }
  | { readonly error: RefusalParts }
);

type TaskValue = DevicesMade | readonly RequestRead[];

interface Waiting {
  readonly resolve: (value: TaskValue) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes devices in this very thread. */
export function ownThreadMakers(run: TaskRunner): Makers {
  return {
    make: async (jobs, atMs) => run({ kind: "make", jobs, atMs }) as DevicesMade,
    readRequests: async (requests) => run({ kind: "read", requests }) as readonly RequestRead[],
    close: async () => {},
  };
}

/** Starts so many threads that make devices; a task goes to the one that has the fewest. */
export function threadMakers(plan: MakerPlan, threads: number): Makers {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const file = join(__dirname, "batch-worker.cjs");
  const waiting = new Map<number, Waiting>();
  let turns = 0;
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  const workers = Array.from({ length: threads }, () => {
    const one = { worker: new Worker(file, { workerData: plan }), tasks: 0 };
    one.worker.on("message", (answer: TaskAnswer) => {
      one.tasks--;
      const { turn } = answer;
      if ("value" in answer) waiting.get(turn)?.resolve(answer.value);
      else waiting.get(turn)?.reject(new SamicertsError(answer.error));
      waiting.delete(turn);
    });
    one.worker.on("error", fail);
    one.worker.on("exit", (code) => fail(new Error(`a thread ended with ${code}`)));
    return one;
  });
  const ask = (task: MakerTask): Promise<TaskValue> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      const least = workers.reduce((a, b) => (b.tasks < a.tasks ? b : a));
      const turn = turns++;
      waiting.set(turn, { resolve, reject });
      least.tasks++;
      least.worker.postMessage({ turn, task });
    });
  return {
    make: async (jobs, atMs) => (await ask({ kind: "make", jobs, atMs })) as DevicesMade,
    readRequests: async (requests) => {
      const size = Math.ceil(requests.length / threads);
      const parts = Array.from({ length: Math.ceil(requests.length / size) }, (_, index) =>
        ask({ kind: "read", requests: requests.slice(index * size, (index + 1) * size) }),
      );
      return (await Promise.all(parts)).flat() as readonly RequestRead[];
    },
    close: async () => {
      await Promise.all(workers.map(({ worker }) => worker.terminate()));
    },
  };
}
