// How near a batch comes to what the machine's cryptography and file system allow, what memory it needs, and whether it
// keeps its pace.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { byBatch, byFileSystem, byMachine, type Contender } from "./batch-contenders.ts";
import { readOptions } from "./options.ts";
import { knows } from "./programs.ts";
import { writeResults } from "./results.ts";
import { type Summary, summarize } from "./statistics.ts";

const options = readOptions({
  count: 20_000,
  rounds: 3,
  outputs: "tar,ndjson,directory",
  rsa: 200,
  million: false,
});
const THREADS = availableParallelism();
const MILLION = 1_000_000;
const RSA_GOAL = 0.9;
const MEMORY_GOAL = 300e6;
const MEMORY_GROWTH_GOAL = 1.2;
const PACE_GOAL = 0.9;
/** The share of the limit that each kind of output is to reach. */
const GOALS: ReadonlyMap<string, number> = new Map([
  ["tar", 0.45],
  ["ndjson", 0.45],
  ["directory", 0.15],
]);

/** Contenders that run in turn, and the limit that they are compared with. */
interface Group {
  readonly limit: Contender;
  readonly others: readonly Contender[];
  readonly goals: ReadonlyMap<Contender, number>;
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "samicerts-batch-"));
  try {
    const groups = [plainGroup(scratch), ...(options.rsa > 0 ? [rsaGroup(scratch)] : [])];
    for (const { limit, others } of groups) {
      for (let round = 0; round < options.rounds; round++) {
        for (const one of [limit, ...others]) one.rounds.push(await one.run());
      }
    }
    const million = options.million ? [await runMillion(scratch)] : [];
    report(groups, million);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function plainGroup(scratch: string): Group {
  const outputs = options.outputs.split(",").map((kind) => {
    const out = kind === "directory" ? "devices" : `line.${kind}`;
    const name = kind === "directory" ? "batch to a directory" : `batch to .${kind}`;
    const order = { name, count: options.count, out, flags: ["--key", "ec:P-256"] };
    return { one: byBatch(scratch, order), goal: GOALS.get(kind) };
  });
  const goals = outputs.flatMap(({ one, goal }) => (goal === undefined ? [] : [[one, goal] as const]));
  return {
    limit: byMachine("key and signature alone", { kind: "p256" }),
    others: [
      ...outputs.map(({ one }) => one),
      byFileSystem("two files a device, not flushed", scratch, "none", 1),
      byFileSystem("flushed once for 256 devices", scratch, "groups", 1),
      byFileSystem("flushed one by one", scratch, "each", 1),
    ],
    goals: new Map(goals),
  };
}

function rsaGroup(scratch: string): Group {
  const order = { name: "batch of RSA-2048 to .tar", count: options.rsa, out: "line.tar" };
  const one = byBatch(scratch, { ...order, flags: ["--key", "rsa:2048"] });
  // As many keys as the batch makes: how long one takes is chance.
  const limit = byMachine("RSA-2048 key alone", { kind: "rsa2048" }, Math.ceil(options.rsa / THREADS));
  return { limit, others: [one], goals: new Map([[one, RSA_GOAL]]) };
}

async function runMillion(scratch: string): Promise<Contender> {
  const one = byBatch(scratch, { name: "a million to .tar", count: MILLION, out: "line.tar", flags: [] });
  one.rounds.push(await one.run());
  return one;
}

const rates = (one: Contender): Summary => summarize(one.rounds.map(({ rate }) => rate));
const peak = (one: Contender): number => Math.max(...one.rounds.map(({ peakBytes = 0 }) => peakBytes));
const count = (value: number): string =>
  value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const verdict = (met: boolean): string => (met ? "met" : "missed");

/** How the last tenth's rate compares with the first's, by the median round; undefined where none was long enough. */
function pace(one: Contender): number | undefined {
  const paces = one.rounds.flatMap(({ lastToFirst }) => lastToFirst ?? []);
  return paces.length === 0 ? undefined : summarize(paces).median;
}

function row(one: Contender, limit: Contender): string[] {
  const { median, least, most } = rates(one);
  const paced = pace(one);
  return [
    one.name,
    ...[median, least, most].map(count),
    percent(median / rates(limit).median),
    peak(one) === 0 ? "" : megabytes(peak(one)),
    paced === undefined ? "" : percent(paced),
  ];
}

function goalLines({ limit, goals }: Group): string[] {
  return [...goals].map(([one, goal]) => {
    const share = rates(one).median / rates(limit).median;
    return `${one.name}: ${percent(share)} of the limit, the goal is ${percent(goal)}: ${verdict(share >= goal)}.`;
  });
}

function millionLines(one: Contender, tar: Contender | undefined): string[] {
  const paced = pace(one);
  const most = peak(one);
  const lines = [
    `A million devices: ${megabytes(most)} at most, the goal is ${megabytes(MEMORY_GOAL)}: ${verdict(most <= MEMORY_GOAL)}.`,
  ];
  if (tar !== undefined) {
    const growth = most / peak(tar);
    lines.push(
      `That is ${percent(growth)} of what ${count(options.count)} devices need, the goal is ${percent(MEMORY_GROWTH_GOAL)}: ` +
        `${verdict(growth <= MEMORY_GROWTH_GOAL)}.`,
    );
  }
  if (paced !== undefined) {
    lines.push(
      `The last tenth goes at ${percent(paced)} of the first one's rate, the goal is ${percent(PACE_GOAL)}: ` +
        `${verdict(paced >= PACE_GOAL)}.`,
    );
  }
  return lines;
}

function report(groups: readonly Group[], million: readonly Contender[]): void {
  const [plain] = groups as [Group];
  const rows = groups.flatMap(({ limit, others }) => [limit, ...others].map((one) => row(one, limit)));
  const tar = plain.others.find(({ name }) => name === "batch to .tar");
  const all = [...groups.flatMap(({ limit, others }) => [limit, ...others]), ...million];
  writeResults({
    name: "batch",
    title: "A batch beside its limits",
    method:
      `${count(options.count)} P-256 devices by \`samicerts batch\`, ledger, manifest and flushing included, whole processes; ` +
      `in turn with P-256 key generation and signature alone on ${THREADS} threads, the limit, and with what the file ` +
      `system allows one thread that writes two files a device; ${count(options.rsa)} devices with RSA-2048 keys beside ` +
      `key generation alone; medians of ${options.rounds} rounds.`,
    columns: ["", "devices a second", "least", "most", "of the limit", "most memory", "last tenth to first"],
    rows: [...rows, ...million.map((one) => row(one, plain.limit))],
    conclusions: [...groups.flatMap(goalLines), ...million.flatMap((one) => millionLines(one, tar))],
    data: { count: options.count, contenders: all.map(({ name, rounds }) => ({ name, rounds })) },
    plot: {
      title: "Devices a second in a batch",
      subtitle: `${count(options.count)} P-256 devices, ledger and flushing included; more is better`,
      note: `Medians of ${options.rounds} rounds; dashed: what the machine allows, ${THREADS} threads for keys, one for files.`,
      scale: "linear",
      bars: [plain.limit, ...plain.others].map((one) => ({
        label: one.name,
        kind: one.kind,
        ...rates(one),
        remark: `(${percent(rates(one).median / rates(plain.limit).median)})`,
      })),
    },
  });
}

if (knows("batch")) await main();
else console.log("skipped: samicerts batch: there is no such command yet");
