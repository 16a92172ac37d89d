import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { attempt, isSlow } from "./attempt.ts";
import { type Fault, fuzz, type Tally } from "./fuzz.ts";
import { guideByPasses } from "./passes.ts";
import { firstBeyondHeap } from "./peak.ts";
import { kindOf, shrink } from "./shrink.ts";
import type { Target } from "./target.ts";
import { createTargets } from "./targets/index.ts";
import { memoryRatio } from "./weigh.ts";

const MOST_MEMORY = 10;
/** How large the large inputs are, in octets. */
const LARGE = 1024 * 1024;
/** Milliseconds that the processor has worked: other programs' turns don't count, but what collects garbage does. */
const clock = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const USAGE = "error: --seconds takes a number, --seed a whole one, --target a target's name\n";

/** Where the conformance data is, where what is found goes, and where the thread is that memory is measured in. */
export interface Places {
  readonly conformance: string;
  readonly found: string;
  readonly thread: string;
}

/** Runs the fuzzer as its arguments ask, prints a table, keeps what it finds; gives the exit code. */
export async function run(words: readonly string[], { conformance, found, thread }: Places): Promise<number> {
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
    process.stderr.write(USAGE);
    return 2;
  }
  const share = (seconds * 1000) / targets.length;
  const faults: Fault[] = [];
  process.stdout.write(
    `seed ${seed}, ${seconds} s\n${row("target", "inputs", "taken", "codes", "places", "slowest", "large", "kept", "peak", "faults")}`,
  );
  for (const target of targets) {
    const guide = guideByPasses();
    const until = clock() + share;
    const bounds = { seed, inputs: Number.MAX_SAFE_INTEGER, clock, untilMs: until };
    const tally = fuzz(target, guide === undefined ? bounds : { ...bounds, guide });
    const weighed = await weighAll(target, tally, thread);
    const all = [...tally.faults, ...weighed.faults];
    faults.push(
      ...different(all).map((fault) => (fault.problem.endsWith(" ms") ? fault : shrink(target, fault))),
    );
    const { slowestMs } = tally;
    process.stdout.write(
      row(
        target.name,
        tally.inputs,
        tally.taken,
        tally.codes,
        tally.places,
        `${slowestMs.toFixed(1)} ms`,
        `${weighed.slowestMs.toFixed(1)} ms`,
        `${weighed.kept.toFixed(1)} x`,
        weighed.peak,
        all.length,
      ),
    );
  }
  for (const fault of faults) {
    mkdirSync(found, { recursive: true });
    const digest = createHash("sha256").update(fault.input).digest("hex").slice(0, 12);
    const path = join(found, `${fault.target.replace(/\W+/g, "-")}-${digest}`);
    writeFileSync(path, fault.input);
    process.stdout.write(`\n${path}\n${fault.problem.slice(0, 1500)}\n`);
  }
  return faults.length === 0 ? 0 : 1;
}

interface Weighed {
  readonly slowestMs: number;
  readonly kept: number;
  readonly peak: string;
  readonly faults: readonly Fault[];
}

/** Has a target read its large inputs, and weighs what it keeps and takes meanwhile. */
async function weighAll(target: Target, { longest }: Tally, thread: string): Promise<Weighed> {
  const faults: Fault[] = [];
  const note = (input: Uint8Array, problem: string): void =>
    void faults.push({ target: target.name, input, problem });
  const large = target.large(LARGE);
  let slowestMs = 0;
  for (const input of large) {
    const answer = attempt(target, input, clock);
    slowestMs = Math.max(slowestMs, answer.perBlockMs);
    if (answer.problem !== undefined) note(input, answer.problem);
    else if (isSlow(target, input, answer, clock)) note(input, `${answer.perBlockMs.toFixed(0)} ms`);
  }
  const beyond = await firstBeyondHeap(target.name, large, MOST_MEMORY, thread);
  if (beyond !== undefined)
    note(large[beyond] ?? new Uint8Array(), `reading it takes more than ${MOST_MEMORY} times its octets`);
  const kept = memoryRatio(target, [...longest.slice(0, 3), ...large]);
  if (kept > MOST_MEMORY) note(target.seeds[0] as Uint8Array, `it keeps ${kept.toFixed(1)} times its input`);
  return { slowestMs, kept, peak: beyond === undefined ? `< ${MOST_MEMORY} x` : "more", faults };
}

/** The shortest input of each kind of fault: those whose words are alike but for numbers and values are one. */
function different(faults: readonly Fault[]): readonly Fault[] {
  const kinds = new Map<string, Fault>();
  for (const fault of faults) {
    const kind = `${fault.target}: ${kindOf(fault.problem)}`;
    const known = kinds.get(kind);
    if (known === undefined || fault.input.length < known.input.length) kinds.set(kind, fault);
  }
  return [...kinds.values()];
}

function row(...cells: readonly (string | number)[]): string {
  return `${cells.map((cell, index) => (index === 0 ? String(cell).padEnd(16) : String(cell).padStart(9))).join("")}\n`;
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
