// How near a batch comes to what the machine's cryptography and file system allow, what memory it needs, and whether it
// keeps its pace.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { byBatch, byFileSystem, byMachine, type Contender } from "./batch-contenders.ts";
import { writeRequestList } from "./batch-requests.ts";
import { readOptions } from "./options.ts";
import { knows } from "./programs.ts";
import { type Goal, writeResults } from "./results.ts";
import { type Summary, summarize } from "./statistics.ts";

const options = readOptions({
  count: 100_000,
  rounds: 3,
  outputs: "tar,ndjson,directory",
  rsa: 200,
  requests: 50_000,
  // A run of its own for memory and pace; 0 leaves it out.
  large: 1_000_000,
});
const THREADS = availableParallelism();
const RSA_GOAL = 0.9;
const REQUEST_GOAL = 0.4;
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
    const groups = [
      plainGroup(scratch),
      ...(options.rsa > 0 ? [rsaGroup(scratch)] : []),
      ...(options.requests > 0 ? [requestGroup(scratch)] : []),
    ];
    for (const { limit, others } of groups) {
      for (let round = 0; round < options.rounds; round++) {
        for (const one of [limit, ...others]) one.rounds.push(await one.run());
      }
    }
    report(groups, options.large > 0 ? [await runLarge(scratch)] : []);
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

function requestGroup(scratch: string): Group {
  const list = join(scratch, "requests.csv");
  writeRequestList(list, options.requests);
  const one = byBatch(scratch, {
    ...{ name: "batch from requests to .tar", count: options.requests, out: "line.tar" },
    ...{ list, flags: [] },
  });
  const limit = byMachine("verification and signature alone", { kind: "request" });
  return { limit, others: [one], goals: new Map([[one, REQUEST_GOAL]]) };
}

async function runLarge(scratch: string): Promise<Contender> {
  const name = `${count(options.large)} to .tar`;
  const one = byBatch(scratch, { name, count: options.large, out: "line.tar", flags: [] });
  one.rounds.push(await one.run());
  return one;
}

const rates = (one: Contender): Summary => summarize(one.rounds.map(({ rate }) => rate));
const peak = (one: Contender): number => Math.max(...one.rounds.map(({ peakBytes = 0 }) => peakBytes));
const count = (value: number): string =>
  value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

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

function goalsOf({ limit, goals }: Group): Goal[] {
  return [...goals].map(([one, goal]) => {
    const share = rates(one).median / rates(limit).median;
    return {
      text: `${one.name} at ${percent(goal)} of the limit or more; it is ${percent(share)}`,
      met: share >= goal,
    };
  });
}

function largeGoals(one: Contender, tar: Contender | undefined): Goal[] {
  const paced = pace(one);
  const most = peak(one);
  const goals: Goal[] = [
    {
      text: `${one.name} in ${megabytes(MEMORY_GOAL)} or less; it is ${megabytes(most)}`,
      met: most <= MEMORY_GOAL,
    },
  ];
  if (tar !== undefined) {
    const growth = most / peak(tar);
    goals.push({
      text:
        `${one.name} in at most ${percent(MEMORY_GROWTH_GOAL)} of the memory of ${count(options.count)}; ` +
        `it is ${percent(growth)}`,
      met: growth <= MEMORY_GROWTH_GOAL,
    });
  }
  if (paced !== undefined)
    goals.push({
      text: `${one.name}, the last tenth at ${percent(PACE_GOAL)} of the first one's rate or more; it is ${percent(paced)}`,
      met: paced >= PACE_GOAL,
    });
  return goals;
}

function goalMark({ limit, goals }: Group, one: Contender): { readonly goal?: number } {
  const share = goals.get(one);
  return share === undefined ? {} : { goal: share * rates(limit).median };
}

function report(groups: readonly Group[], large: readonly Contender[]): void {
  const [plain] = groups as [Group];
  const rows = groups.flatMap(({ limit, others }) => [limit, ...others].map((one) => row(one, limit)));
  const tar = plain.others.find(({ name }) => name === "batch to .tar");
  const all = [...groups.flatMap(({ limit, others }) => [limit, ...others]), ...large];
  writeResults({
    name: "batch",
    title: "A batch beside its limits",
    method:
      `${count(options.count)} P-256 devices by \`samicerts batch\`, ledger, manifest and flushing included, whole processes; ` +
      `in turn with P-256 key generation and signature alone on ${THREADS} threads, the limit, and with what the file ` +
      `system allows one thread that writes two files a device; ${count(options.rsa)} devices with RSA-2048 keys beside ` +
      `key generation alone; ${count(options.requests)} devices from requests in a CSV beside one verification and one ` +
      `signature each; medians of ${options.rounds} rounds.`,
    columns: ["", "devices a second", "least", "most", "of the limit", "most memory", "last tenth to first"],
    rows: [...rows, ...large.map((one) => row(one, plain.limit))],
    goals: [...groups.flatMap(goalsOf), ...large.flatMap((one) => largeGoals(one, tar))],
    remarks: [],
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
        ...goalMark(plain, one),
        remark: `(${percent(rates(one).median / rates(plain.limit).median)})`,
      })),
    },
  });
}

if (knows("batch")) await main();
else console.log("skipped: samicerts batch: there is no such command yet");
