import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { Ahead } from "../../../src/actions/ahead.ts";

const NEVER = new Promise<void>(() => undefined);

/** Counts what is taken from it. */
function counting(items: number, failAfter = Number.POSITIVE_INFINITY) {
  const taken: number[] = [];
  async function* source(): AsyncGenerator<number> {
    for (let item = 0; item < items; item++) {
      if (item >= failAfter) throw new Error(`no item ${item}`);
      taken.push(item);
      yield item;
    }
  }
  return { taken, source: source() };
}

it("prepares so many at once, and gives them in their order whichever is there first", async () => {
  const { taken, source } = counting(6);
  const prepare = async (item: number): Promise<string> => {
    await setTimeout(item % 2 === 0 ? 30 : 1);
    return `item ${item}`;
  };
  const ahead = new Ahead({ source, prepare, depth: 2, stop: NEVER });
  await setTimeout(100);
  expect(taken).toEqual([0, 1]);
  expect(ahead.isReady).toBe(true);
  const given: (string | undefined)[] = [];
  while (!ahead.ended) given.push(await ahead.next());
  expect(given).toEqual([..."012345"].map((n) => `item ${n}`).concat(undefined as never));
  expect(await ahead.next()).toBeUndefined();
});

it("is ready when the next one is, or when there is none", async () => {
  const { source } = counting(1);
  let finish: () => void = () => undefined;
  const prepare = async (item: number): Promise<number> => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return item;
  };
  const ahead = new Ahead({ source, prepare, depth: 2, stop: NEVER });
  let ready = false;
  const waiting = ahead.ready().then(() => {
    ready = true;
  });
  await setTimeout(20);
  expect([ready, ahead.isReady]).toEqual([false, false]);
  finish();
  await waiting;
  expect(await ahead.next()).toBe(0);
  await ahead.ready();
  expect([ahead.isReady, ahead.ended]).toEqual([false, false]);
  expect(await ahead.next()).toBeUndefined();
  expect(ahead.ended).toBe(true);
});

it("gives what came before a source failed, then its error, and nothing after it", async () => {
  const { source } = counting(6, 2);
  const ahead = new Ahead({ source, prepare: async (item) => item, depth: 3, stop: NEVER });
  expect(await ahead.next()).toBe(0);
  expect(await ahead.next()).toBe(1);
  await expect(ahead.next()).rejects.toThrow("no item 2");
  expect(ahead.ended).toBe(true);
  expect(await ahead.next()).toBeUndefined();
});

it("gives nothing behind an item that could not be prepared", async () => {
  const { source } = counting(6);
  const prepare = async (item: number): Promise<number> => {
    if (item === 1) throw new Error("can't be read");
    return item;
  };
  const ahead = new Ahead({ source, prepare, depth: 3, stop: NEVER });
  expect(await ahead.next()).toBe(0);
  await expect(ahead.next()).rejects.toThrow("can't be read");
  expect(ahead.ended).toBe(true);
  expect(await ahead.next()).toBeUndefined();
});

it("waits for nothing once it is stopped", async () => {
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const source = { next: () => new Promise<IteratorResult<number>>(() => undefined) };
  const ahead = new Ahead({ source, prepare: async (item) => item, depth: 2, stop: stopped });
  const next = ahead.next();
  stop();
  expect(await next).toBeUndefined();
  expect(ahead.ended).toBe(false);
});
