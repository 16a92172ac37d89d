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
 * come no faster than results are taken from here; `handOver` names the memory of a job that is not copied but given
 * away. Throws what a worker, or where the jobs come from, throws; ends the workers in any case.
 */
export async function* inThreads<Job, Result>(
  jobs: Iterable<Job> | AsyncIterable<Job>,
  workers: readonly Worker[],
  handOver: (job: Job) => readonly ArrayBuffer[] = () => [],
): AsyncGenerator<Result> {
  const done = new Map<number, Result>();
  const free = Array.from({ length: JOBS_A_WORKER }, () => workers).flat();
  const most = AHEAD_A_WORKER * workers.length;
  let failure: unknown;
  let sent = 0;
  let given = 0;
  let all = false;
  let closed = false;

  let waiting: (() => void)[] = [];
  const change = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  const changed = (): void => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const fail = (thrown: unknown): void => {
    failure ??= thrown;
    changed();
  };
  for (const worker of workers) {
    worker.on("message", ({ turn, value }: Numbered<Result>) => {
      done.set(turn, value);
      free.push(worker);
      changed();
    });
    worker.on("error", fail);
    worker.on("exit", (code) => fail(new Error(`a thread ended with ${code}`)));
  }

  const feed = async (): Promise<void> => {
    for await (const value of jobs) {
      while (!closed && (free.length === 0 || sent - given >= most)) await change();
      if (closed) return;
      free.shift()?.postMessage({ turn: sent++, value } satisfies Numbered<Job>, handOver(value));
    }
    all = true;
    changed();
  };

  feed().catch(fail);
  try {
    for (;;) {
      if (failure !== undefined) throw failure;
      const result = done.get(given);
      if (result !== undefined) {
        done.delete(given++);
        changed();
        yield result;
      } else if (all && given === sent) return;
      else await change();
    }
  } finally {
    closed = true;
    changed();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
