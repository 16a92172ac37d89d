import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { inThreads } from "../../../../src/cli/verify/in-threads.ts";

const thread = (body: string): Worker =>
  new Worker(
    `const { parentPort } = require("node:worker_threads");
     parentPort.on("message", ({ turn, value }) => { ${body} });`,
    { eval: true },
  );
const answer = "parentPort.postMessage({ turn, value: value * 2 });";
/** The first of four jobs takes longest: its results come after those of the others. */
const uneven = `if (value % 4 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); ${answer}`;

async function taken(jobs: Iterable<number>, workers: readonly Worker[]): Promise<number[]> {
  const results: number[] = [];
  for await (const result of inThreads<number, number>(jobs, workers)) results.push(result);
  return results;
}

const numbers = Array.from({ length: 100 }, (_, n) => n);

it("gives the results in the order of the jobs, whoever is first", async () => {
  const workers = [thread(uneven), thread(answer), thread(answer)];
  expect(await taken(numbers, workers)).toEqual(numbers.map((n) => n * 2));
  expect(await taken([], [thread(answer)])).toEqual([]);
  // They have ended: nobody is left to answer.
  for (const worker of workers) expect(worker.threadId).toBe(-1);
});

it("takes jobs only so far ahead of what is taken from it", async () => {
  let taken = 0;
  function* jobs(): Generator<number> {
    for (;;) yield taken++;
  }
  const results = inThreads<number, number>(jobs(), [thread(answer), thread(answer)]);
  for (let turn = 0; turn < 200; turn++) {
    expect((await results.next()).value).toBe(turn * 2);
    expect(taken - turn).toBeLessThanOrEqual(18);
  }
  await results.return(undefined);
  expect(taken).toBeLessThan(220);
});

it("throws what a thread throws, and that one is gone, and ends the others", async () => {
  const workers = [thread("throw new RangeError('no ' + value);"), thread(answer)];
  await expect(taken(numbers, workers)).rejects.toThrow(/^no [0-9]+$/);
  for (const worker of workers) expect(worker.threadId).toBe(-1);
  await expect(taken(numbers, [thread("process.exit(3);")])).rejects.toThrow("a thread ended with 3");
});

it("throws what the jobs' source throws", async () => {
  function* jobs(): Generator<number> {
    yield 1;
    throw new Error("no more of them can be read");
  }
  await expect(taken(jobs(), [thread(answer)])).rejects.toThrow("no more of them can be read");
});
