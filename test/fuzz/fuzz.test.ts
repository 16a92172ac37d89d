import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../src/base/errors.ts";
import { type Fault, fuzz } from "./fuzz.ts";
import { createRandom } from "./random.ts";
import type { Target } from "./target.ts";
import { createTargets } from "./targets.ts";

const TARGETS = createTargets();
const FOUND = join(import.meta.dirname, "../../fixtures/fuzz");
const told = ({ problem, input }: Fault): string =>
  `${problem} ${Buffer.from(input).toString("base64").slice(0, 500)}`;

describe("a short run", () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))("over %s finds nothing", (_, target) => {
    const tally = fuzz(target, { seed: 1, inputs: target.name === "certificate" ? 400 : 1500 });
    expect(tally.faults.map(told)).toEqual([]);
    expect(tally.inputs).toBeGreaterThanOrEqual(400);
    expect(tally.taken).toBeGreaterThan(0);
    expect(tally.codes).toBeGreaterThan(0);
  });
});

describe("what was found before", () => {
  const files = readdirSync(FOUND).filter((name) => name !== "README.md");

  it("is there, and belongs to a target", () => {
    expect(files.length).toBeGreaterThan(0);
    for (const file of files)
      expect(
        TARGETS.filter(({ name }) => file.startsWith(name.replace(/\W+/g, "-"))),
        file,
      ).not.toEqual([]);
  });

  it.each(files)("%s is answered", (file) => {
    const bytes = readFileSync(join(FOUND, file));
    const target = TARGETS.find(({ name }) => file.startsWith(name.replace(/\W+/g, "-"))) as Target;
    const only: Target = { ...target, seeds: [bytes], mutate: (input) => input };
    expect(fuzz(only, { seed: 1, inputs: 1 }).faults.map(told)).toEqual([]);
  });
});

describe("the fuzzer", () => {
  const target = (read: Target["read"]): Target => ({
    name: "x",
    seeds: [Buffer.from("abc")],
    mutate: (input, _, random) => Buffer.concat([input, Buffer.of(random.below(256))]).subarray(0, 8),
    read,
  });

  it("tells of other exceptions, of messages of two lines, and of what is slow twice", () => {
    const error = (message: string) =>
      new SamicertsError({ kind: "input", code: "some.code", message, hint: "do something" });
    const faultsOf = (read: Target["read"], clock?: () => number) =>
      fuzz(target(read), { seed: 1, inputs: 1, ...(clock === undefined ? {} : { clock }) }).faults.map(
        (fault) => fault.problem,
      );
    const broken = () => {
      throw new RangeError("broken");
    };
    expect(faultsOf(broken)).toEqual([expect.stringContaining("RangeError: broken")]);
    const ours = (message: string) => () => {
      throw error(message);
    };
    expect(faultsOf(ours("one line"))).toEqual([]);
    expect(faultsOf(ours("two\nlines"))).toEqual([expect.stringContaining("a control character")]);
    expect(faultsOf(ours("x".repeat(5000)))).toEqual([expect.stringContaining("5000 characters")]);
    let now = 0;
    expect(
      faultsOf(
        () => undefined,
        () => (now += 60),
      ),
    ).toEqual(["60 ms"]);
    let times = 0;
    const slowOnce = () => (now += times++ === 1 ? 60 : 1);
    expect(faultsOf(() => undefined, slowOnce)).toEqual([]);
  });

  it("does the same again for the same seed", () => {
    const inputs = (seed: number): string[] => {
      const seen: string[] = [];
      fuzz(
        target((input) => seen.push(Buffer.from(input).toString("hex"))),
        { seed, inputs: 50 },
      );
      return seen;
    };
    expect(inputs(5)).toEqual(inputs(5));
    expect(inputs(5)).not.toEqual(inputs(6));
    const numbers = createRandom(1);
    const spread = new Set(Array.from({ length: 1000 }, () => numbers.below(10)));
    expect(spread.size).toBe(10);
  });
});
