import type { Worker } from "node:worker_threads";

/** What a worker is sent, and what it sends back under the same number. */
export interface Numbered<T> {
  readonly turn: number;
  readonly value: T;
}

/** Jobs that a worker has at once: the next one is there when it has done the first. */
const JOBS_A_WORKER = 2;
/** Jobs that may be ahead of the one whose result is waited for. */
const AHEAD_A_WORKER = 8;

/**
 * Has workers do jobs, each job one's, and gives the results in the order of the jobs. Jobs are taken from where they
 * come no faster than results are taken from here. Throws what a worker throws; ends the workers in any case.
 */
export async function* inThreads<Job, Result>(
  jobs: Iterable<Job>,
  workers: readonly Worker[],
): AsyncGenerator<Result> {
  const done = new Map<number, Result>();
  const free = Array.from({ length: JOBS_A_WORKER }, () => workers).flat();
  let failure: unknown;
  let wake = (): void => undefined;
  for (const worker of workers) {
    const fail = (thrown: unknown): void => {
      failure ??= thrown;
      wake();
    };
    worker.on("message", ({ turn, value }: Numbered<Result>) => {
      done.set(turn, value);
      free.push(worker);
      wake();
    });
    worker.on("error", fail);
    worker.on("exit", (code) => fail(new Error(`a thread ended with ${code}`)));
  }
  const next = jobs[Symbol.iterator]();
  let sent = 0;
  let given = 0;
  let all = false;
  try {
    for (;;) {
      while (!all && free.length > 0 && sent - given < AHEAD_A_WORKER * workers.length) {
        const job = next.next();
        if (job.done === true) all = true;
        else free.shift()?.postMessage({ turn: sent++, value: job.value } satisfies Numbered<Job>);
      }
      if (failure !== undefined) throw failure;
      const result = done.get(given);
      if (result !== undefined) {
        done.delete(given++);
        yield result;
      } else if (all && given === sent) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
