import { afterEach, expect, it } from "vitest";
import { type Thread, Threads } from "../../../src/cli/batch/threads.ts";

interface Task {
  readonly name?: string;
  readonly ms?: number;
  readonly refuse?: boolean;
  readonly end?: boolean;
}

interface Value {
  readonly threadId: number;
  readonly name?: string;
}

let threads: Threads<Task, Value>;

const start = (count: number): void => {
  threads = new Threads("../../../test/unit/cli/sleeping-worker.cjs", undefined, count);
};

afterEach(() => threads.close());

it("no thread idles while another has a backlog", async () => {
  start(2);
  const slow = threads.ask({ ms: 400 });
  const quick = await Promise.all(Array.from({ length: 20 }, () => threads.ask({ ms: 1 })));
  const { threadId } = (await slow).value;
  // Beside the slow one its thread had one more in hand.
  expect(quick.filter(({ value }) => value.threadId === threadId).length).toBeLessThanOrEqual(1);
});

it("a thread has no more in hand than it must, and what belongs to it comes before what nobody has yet", async () => {
  start(1);
  const ended: string[] = [];
  const note = async (asked: Promise<{ readonly value: Value }>): Promise<void> => {
    ended.push((await asked).value.name ?? "");
  };
  const { thread } = await threads.ask({});
  const all = ["a", "b", "c", "d"].map((name) => note(threads.ask({ name, ms: 20 })));
  expect(thread.inHand).toBe(2);
  all.push(note(threads.askAgain(thread, { name: "again" })));
  await Promise.all(all);
  expect(ended).toEqual(["a", "b", "again", "c", "d"]);
  expect(thread.inHand).toBe(0);
});

it("a thread has more in hand where that takes it a moment, for whoever deals may be busy that long", async () => {
  start(1);
  let thread: Thread | undefined;
  for (let count = 0; count < 10; count++) ({ thread } = await threads.ask({ ms: 1 }));
  const quick = Array.from({ length: 30 }, () => threads.ask({ ms: 1 }));
  expect(thread?.inHand).toBe(30);
  await Promise.all(quick);
  for (let count = 0; count < 3; count++) await threads.ask({ ms: 150 });
  const slow = Array.from({ length: 4 }, () => threads.ask({ ms: 1 }));
  expect(thread?.inHand).toBe(2);
  await Promise.all(slow);
});

it("an error is its asker's alone", async () => {
  start(1);
  const refused = threads.ask({ refuse: true });
  const after = threads.ask({ name: "after" });
  await expect(refused).rejects.toMatchObject({ kind: "key", code: "token.failed", message: "no" });
  expect((await after).value.name).toBe("after");
});

it("a thread that ends ends all that is asked for", async () => {
  start(2);
  const asked = [{ end: true }, ...Array.from({ length: 6 }, () => ({ ms: 30_000 }))].map((task) =>
    threads.ask(task),
  );
  const ends = await Promise.allSettled(asked);
  expect(ends.map(({ status }) => status)).toEqual(Array(7).fill("rejected"));
  await expect(threads.ask({})).rejects.toThrow("a thread ended with 7");
});

it("what no thread has in hand can be given up", async () => {
  start(1);
  const asked = Array.from({ length: 5 }, () => threads.ask({ ms: 20 }));
  threads.giveUp(new Error("no more"));
  const ends = await Promise.allSettled(asked);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", ...Array(3).fill("rejected")]);
});
