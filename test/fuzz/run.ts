import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SamicertsError } from "../../src/base/errors.ts";
import { retainedBy } from "../conformance/retained.ts";
import { type Fault, fuzz, type Tally } from "./fuzz.ts";
import { GAPS, type Target } from "./target.ts";
import { createTargets } from "./targets.ts";

const MOST_MEMORY = 10;
/** An input counts as so many octets at least: what is read of it are objects, however short it is. */
const SMALLEST = 1024;

/** Runs the fuzzer as its arguments ask, prints a table, keeps what it finds; gives the exit code. */
export function run(words: readonly string[], conformance: string, found: string): number {
  const { values } = parseArgs({
    args: [...words],
    options: { seconds: { type: "string" }, seed: { type: "string" }, target: { type: "string" } },
  });
  const seconds = Number(values.seconds ?? 60);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const targets = createTargets(corpusBelow(join(conformance, "fuzz"))).filter(
    ({ name }) => values.target === undefined || name.startsWith(values.target),
  );
  if (!(seconds > 0) || !Number.isSafeInteger(seed) || targets.length === 0) {
    process.stderr.write("error: --seconds takes a number, --seed a whole one, --target a target's name\n");
    return 2;
  }
  const share = (seconds * 1000) / targets.length;
  const tallies: Tally[] = [];
  const faults: Fault[] = [];
  const clock = (): number => performance.now();
  process.stdout.write(
    `seed ${seed}, ${seconds} s\n${row("target", "inputs", "taken", "codes", "slowest", "memory", "faults")}`,
  );
  for (const target of targets) {
    const tally = fuzz(target, { seed, inputs: Number.MAX_SAFE_INTEGER, clock, untilMs: clock() + share });
    const memory = memoryRatio(target, tally.longest);
    tallies.push(tally);
    faults.push(...tally.faults);
    if (memory > MOST_MEMORY)
      faults.push({
        target: target.name,
        input: largest(target),
        problem: `it keeps ${memory.toFixed(1)} times its input`,
      });
    const slowest = `${tally.slowestMs.toFixed(1)} ms`;
    process.stdout.write(
      row(
        target.name,
        tally.inputs,
        tally.taken,
        tally.codes,
        slowest,
        `${memory.toFixed(1)} x`,
        tally.faults.length,
      ),
    );
  }
  for (const [what, why] of GAPS) process.stdout.write(`not fuzzed: ${what}: ${why}\n`);
  for (const fault of different(faults)) {
    mkdirSync(found, { recursive: true });
    const digest = createHash("sha256").update(fault.input).digest("hex").slice(0, 12);
    const path = join(found, `${fault.target.replace(/\W+/g, "-")}-${digest}`);
    writeFileSync(path, fault.input);
    process.stdout.write(`\n${path}\n${fault.problem.slice(0, 1500)}\n`);
  }
  return faults.length === 0 ? 0 : 1;
}

/** The shortest input of each kind of fault: those whose words are alike but for numbers and values are one. */
function different(faults: readonly Fault[]): readonly Fault[] {
  const kinds = new Map<string, Fault>();
  for (const fault of faults) {
    const kind = `${fault.target}: ${fault.problem.replace(/".*|\d+/g, "*").slice(0, 160)}`;
    const known = kinds.get(kind);
    if (known === undefined || fault.input.length < known.input.length) kinds.set(kind, fault);
  }
  return [...kinds.values()];
}

function row(...cells: readonly (string | number)[]): string {
  return `${cells.map((cell, index) => (index === 0 ? String(cell).padEnd(16) : String(cell).padStart(11))).join("")}\n`;
}

/** Certificates that others found hard to read, where the data is. */
function corpusBelow(folder: string): readonly Uint8Array[] {
  if (!existsSync(folder)) return [];
  return ["boringssl-cert", "boringssl-parse_certificate"]
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((name) => readFileSync(join(path, name))))
    .filter((bytes) => bytes.length < 20_000);
}

function largest(target: Target): Uint8Array {
  return target.seeds.reduce((a, b) => (b.length > a.length ? b : a));
}

/** The most octets kept for each octet of input: of the seeds together, and of the longest inputs that were taken. */
function memoryRatio(target: Target, longest: readonly Uint8Array[]): number {
  const readable = target.seeds.filter((seed) => kept(target, seed) !== undefined).slice(0, 32);
  const groups = [readable, ...longest.slice(0, 3).map((input) => [input])];
  return Math.max(0, ...groups.filter((group) => group.length > 0).map((group) => weigh(target, group)));
}

function weigh(target: Target, inputs: readonly Uint8Array[]): number {
  const octets = inputs.reduce((sum, input) => sum + Math.max(SMALLEST, input.length), 0);
  return (
    Math.max(
      0,
      retainedBy(() => inputs.map((input) => kept(target, input))),
    ) / octets
  );
}

function kept(target: Target, input: Uint8Array): unknown {
  try {
    return target.read(input);
  } catch (error) {
    if (error instanceof SamicertsError) return undefined;
    throw error;
  }
}
