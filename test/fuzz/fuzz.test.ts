import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../src/base/errors.ts";
import { attempt } from "./attempt.ts";
import { type Fault, fuzz, type Guide } from "./fuzz.ts";
import { createRandom } from "./random.ts";
import { shrink } from "./shrink.ts";
import type { Target } from "./target.ts";
import { createTargets } from "./targets/index.ts";

const ROOT = join(import.meta.dirname, "../..");
const TARGETS = createTargets();
const FOUND = join(ROOT, "fixtures/fuzz");
const CASES = TARGETS.map((target) => [target.name, target] as const);
const slug = (name: string): string => name.replace(/\W+/g, "-");
const told = ({ problem, input }: Fault): string =>
  `${problem} ${Buffer.from(input).toString("base64").slice(0, 500)}`;

describe("a short run", () => {
  it.each(CASES)("over %s finds nothing", (_, target) => {
    const inputs = Math.floor(1600 / (target.dear ?? 1)) + target.seeds.length;
    const tally = fuzz(target, { seed: 1, inputs });
    expect(tally.faults.map(told)).toEqual([]);
    expect(tally.inputs).toBe(inputs);
    // Reading does take place: some inputs are taken and some are not.
    expect(tally.taken).toBeGreaterThan(0);
    expect(tally.codes).toBeGreaterThan(0);
  });

  it.each(CASES)("over %s takes large inputs, or refuses them", (_, target) => {
    const large = target.large(64 * 1024);
    expect(large.length).toBeGreaterThan(0);
    expect(large.map((input) => attempt(target, input).problem)).toEqual(large.map(() => undefined));
  });
});

describe("the targets", () => {
  /** What issue 7 asks for, in its words. */
  const ASKED: readonly (readonly [string, readonly string[]])[] = [
    ["DER", ["DER", "certificate"]],
    ["PEM", ["PEM"]],
    ["names", ["name, encoded", "name, typed"]],
    ["requests", ["request"]],
    ["CRLs", ["CRL"]],
    ["OCSP", ["OCSP request", "OCSP response"]],
    ["PKCS#8", ["key file"]],
    ["PKCS#12", ["PKCS#12", "PKCS#12, sealed anew"]],
    ["policies", ["policy"]],
    ["CSV", ["CSV", "NDJSON"]],
    ["PKCS#11 URIs", ["PKCS#11 URI"]],
  ];
  const names = TARGETS.map(({ name }) => name);

  it.each(ASKED)("have %s among them", (_, wanted) => {
    expect(names).toEqual(expect.arrayContaining([...wanted]));
  });

  it("are all listed, under names of their own, with inputs to begin from", () => {
    const folder = join(import.meta.dirname, "targets");
    const made = readdirSync(folder).flatMap((file) => [
      ...readFileSync(join(folder, file), "utf8").matchAll(/^export const (create\w+): CreateTarget/gm),
    ]);
    expect(made.length).toBe(TARGETS.length);
    expect(new Set(names.map(slug)).size).toBe(TARGETS.length);
    for (const { name, seeds } of TARGETS) expect(seeds.length, name).toBeGreaterThan(0);
  });

  /** Files that read DER and are not fuzzed, and why. */
  const LEFT_OUT: ReadonlyMap<string, string> = new Map([
    ["src/keys/pkcs11/token-public-key.ts", "what a token answers, whose driver its owner chose and runs"],
  ]);

  it("get to every file that takes DER apart", () => {
    const reached = importedFrom(join(import.meta.dirname, "targets/index.ts"));
    const readers = sourcesBelow(join(ROOT, "src")).filter((path) =>
      /new DerReader\(|readSequence\(/.test(readFileSync(path, "utf8")),
    );
    const missed = readers.filter((path) => !reached.has(path)).map((path) => relative(ROOT, path));
    expect(readers.length).toBeGreaterThan(10);
    expect(missed.filter((path) => !LEFT_OUT.has(path))).toEqual([]);
    for (const [path] of LEFT_OUT) expect(missed).toContain(path);
  });
});

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

/** Every file that one needs, itself too. */
function importedFrom(path: string, reached = new Set<string>()): ReadonlySet<string> {
  if (reached.has(path)) return reached;
  reached.add(path);
  for (const [, kind, from] of readFileSync(path, "utf8").matchAll(
    /^(?:import|export) (type )?[^;]*?from "(\.[^"]+)"/gm,
  ))
    if (kind === undefined) importedFrom(join(dirname(path), from as string), reached);
  return reached;
}

describe("what was found before", () => {
  const files = readdirSync(FOUND).filter((name) => name !== "README.md");
  const targetOf = (file: string): Target | undefined =>
    TARGETS.filter(({ name }) => file.startsWith(`${slug(name)}-`)).sort(
      (a, b) => b.name.length - a.name.length,
    )[0];

  it("is there, and belongs to a target", () => {
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(targetOf(file), file).toBeDefined();
  });

  it.each(files)("%s is answered", (file) => {
    expect(attempt(targetOf(file) as Target, readFileSync(join(FOUND, file))).problem).toBeUndefined();
  });
});

describe("the fuzzer", () => {
  const target = (read: Target["read"]): Target => ({
    name: "x",
    seeds: [Buffer.from("abc")],
    mutate: (input, _, random) => Buffer.concat([input, Buffer.of(random.below(256))]).subarray(0, 8),
    read,
    large: () => [],
  });
  const refuse = (message: string) => () => {
    throw new SamicertsError({ kind: "input", code: "some.code", message, hint: "do something" });
  };

  it("tells of other exceptions, of messages of two lines, and of what is slow each time", () => {
    const faultsOf = (read: Target["read"], clock?: () => number) =>
      fuzz(target(read), { seed: 1, inputs: 1, ...(clock === undefined ? {} : { clock }) }).faults.map(
        (fault) => fault.problem,
      );
    const broken = () => {
      throw new RangeError("broken");
    };
    expect(faultsOf(broken)).toEqual([expect.stringContaining("RangeError: broken")]);
    expect(faultsOf(refuse("one line"))).toEqual([]);
    expect(faultsOf(refuse("two\nlines"))).toEqual([expect.stringContaining("a control character")]);
    expect(faultsOf(refuse("x".repeat(5000)))).toEqual([expect.stringContaining("5000 characters")]);
    let now = 0;
    const slow = () => (now += 60);
    expect(faultsOf(() => undefined, slow)).toEqual(["60 ms"]);
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

  it("goes on from what gets further, as its guide says", () => {
    let best = 0;
    let last = 0;
    const guide: Guide = {
      begin: () => undefined,
      isNews: () => {
        const further = last > best;
        best = Math.max(best, last);
        return further;
      },
      places: () => best,
    };
    const lock = "abcdwxyz";
    const opens = target((input) => {
      const text = Buffer.from(input).toString("latin1");
      last = [...lock].findIndex((letter, at) => text[at] !== letter);
      if (last === -1) last = lock.length;
    });
    const tried = {
      ...opens,
      mutate: (input: Uint8Array, _: Uint8Array, random: ReturnType<typeof createRandom>) =>
        Buffer.concat([input, Buffer.of(0x61 + random.below(26))]).subarray(0, 8),
    };
    // It appends a letter at a time: eight right ones follow each other only where each is gone on from.
    expect(fuzz(tried, { seed: 3, inputs: 3000, guide }).places).toBe(lock.length);
    best = 0;
    expect(fuzz(tried, { seed: 3, inputs: 3000 }).faults).toEqual([]);
    expect(best).toBe(0);
  });

  it("makes what it found short", () => {
    const picky = target((input) => {
      if (Buffer.from(input).includes("!")) throw new RangeError("an exclamation");
    });
    const fault = {
      target: "x",
      input: Buffer.from(`${"a".repeat(500)}!${"b".repeat(300)}`),
      problem: "RangeError: an exclamation",
    };
    const long = { ...fault, problem: attempt(picky, fault.input).problem as string };
    expect(Buffer.from(shrink(picky, long).input).toString()).toBe("!");
  });
});
