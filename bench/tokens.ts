// How near a batch comes to what the token signs that has the root's key.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type BenchModule, makeTokenVendor, prepareModules, type TokenVendor } from "./bench-token.ts";
import { readOptions } from "./options.ts";
import { SAMICERTS, samicerts } from "./programs.ts";
import { rawRate } from "./raw-rate.ts";
import { type Goal, writeResults } from "./results.ts";
import { summarize } from "./statistics.ts";
import { settleFiles, timedRun } from "./timed-run.ts";

const options = readOptions({ count: 20_000, rounds: 3, sessions: "1,4" });
const GOAL = 0.9;
const LIMIT_MS = 2000;

/** A token and a number of sessions: what it signs, and what a batch makes. */
interface Pair {
  readonly module: BenchModule;
  readonly vendor: TokenVendor;
  readonly sessions: number;
  /** Signatures a second. */
  readonly raw: number[];
  /** Devices a second. */
  readonly batch: number[];
}

let batches = 0;
/** Devices a second where the root's key is in a file, in as many threads as there are cores. */
const fileRates: number[] = [];

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "samicerts-tokens-"));
  try {
    const { modules, missing } = prepareModules(scratch);
    if (modules.length === 0) {
      console.log(`skipped: ${missing.join("; ")}`);
      return;
    }
    const plain = mkdtempSync(join(scratch, "plain-"));
    if (samicerts(["root", "/C=US/O=MyOrg/CN=Bench"], plain) !== 0) throw new Error("no root was made");
    const pairs = modules.flatMap((module, index) => {
      const vendor = makeTokenVendor(scratch, `token${index}`, module);
      return options.sessions
        .split(",")
        .map((sessions): Pair => ({ module, vendor, sessions: Number(sessions), raw: [], batch: [] }));
    });
    for (let round = 0; round < options.rounds; round++) {
      fileRates.push(await runBatch(plain));
      for (const pair of pairs) {
        pair.raw.push(await signRaw(pair));
        pair.batch.push(await runBatch(pair.vendor.directory, pair.sessions));
      }
    }
    report(pairs, missing);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** C_SignInit and C_Sign and nothing else, each session in a thread. */
function signRaw({ module, vendor: { label, pin }, sessions }: Pair): Promise<number> {
  const work = { kind: "token", module: module.path, label, pin } as const;
  return rawRate(Array.from({ length: sessions }, () => ({ work, atLeastMs: LIMIT_MS, atLeastTurns: 0 })));
}

async function runBatch(directory: string, jobs?: number): Promise<number> {
  const from = 100_000_001 + options.count * batches++;
  const range = ["--count", `${options.count}`, "--serial-from", `${from}`, "--name", "Device-{serial}"];
  const more = ["--out", `${batches}.tar`, ...(jobs === undefined ? [] : ["--jobs", `${jobs}`])];
  settleFiles(directory);
  const words = [SAMICERTS, "batch", ...range, ...more];
  const { wallMs } = await timedRun(process.execPath, words, { cwd: directory });
  return (options.count / wallMs) * 1000;
}

/** Whether the token's signatures are made by this machine's own cores, which then can't make devices meanwhile. */
const isOwnProcessor = ({ name }: BenchModule): boolean => name.includes("millisecond");

/** What a token's rate permits: all of it, or, where it shares the cores, what is left when the rest is done as well. */
function permitted({ module, raw }: Pair): number {
  const rate = summarize(raw).median;
  return isOwnProcessor(module) ? rate : 1 / (1 / rate + 1 / summarize(fileRates).median);
}

function report(pairs: readonly Pair[], missing: readonly string[]): void {
  const count = (value: number): string => Math.round(value).toLocaleString("en");
  const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
  const share = (pair: Pair): number => summarize(pair.batch).median / permitted(pair);
  const goals = pairs.map((pair): Goal => {
    const sessions = `${pair.sessions} session${pair.sessions === 1 ? "" : "s"}`;
    return {
      text: `a batch in ${sessions} of ${pair.module.name} at ${percent(GOAL)} of what that permits or more; it is ${percent(share(pair))}`,
      met: share(pair) >= GOAL,
    };
  });
  writeResults({
    name: "tokens",
    title: "A batch whose root's key is in a token",
    method:
      `${count(options.count)} P-256 devices by \`samicerts batch --jobs N\` to .tar, whole processes, in turn with C_Sign ` +
      `alone in N sessions of the same token, each in a thread, on ${availableParallelism()} cores; medians of ` +
      `${options.rounds} rounds.`,
    columns: ["", "sessions", "signatures a second", "permitted", "devices a second", "of what is permitted"],
    rows: pairs.map((pair) => [
      pair.module.name,
      `${pair.sessions}`,
      count(summarize(pair.raw).median),
      count(permitted(pair)),
      count(summarize(pair.batch).median),
      percent(share(pair)),
    ]),
    goals,
    remarks: [
      "SoftHSM signs on the machine's own cores, which make keys, certificates and files meanwhile: what it permits is " +
        "what is left of its rate when each device also takes the time that it takes with the root's key in a file " +
        `(${count(summarize(fileRates).median)} a second). With a millisecond's wait before each signature it is as a token ` +
        "with a processor of its own, which permits what it signs.",
      ...missing.map((line) => `Left out: ${line}.`),
    ],
    data: {
      count: options.count,
      fileRates,
      pairs: pairs.map(({ module, sessions, raw, batch }) => ({ token: module.name, sessions, raw, batch })),
    },
  });
}

await main();
