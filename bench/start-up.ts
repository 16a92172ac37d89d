// What one `samicerts client` costs, as a CI script calls it, beside the cheapest Node program there is.
import { spawnSync } from "node:child_process";
import { createECDH } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { childrenProcessorMs } from "./machine.ts";
import { readOptions } from "./options.ts";
import { writeResults } from "./results.ts";
import { type Summary, summarize } from "./statistics.ts";

const { rounds: ROUNDS } = readOptions({ rounds: 20 });
const WARM_UP_ROUNDS = 2;
const GOAL = 1.5;
const COMMAND = resolve("bin/samicerts.cjs");

interface Contender {
  readonly name: string;
  readonly words: (round: number) => readonly string[];
  readonly wallMs: number[];
  processorMs: number;
}

const directory = mkdtempSync(join(tmpdir(), "samicerts-bench-"));
try {
  run([COMMAND, "root", "/C=US/O=MyOrg/CN=Bench", "--dir", directory]);
  const verify = [COMMAND, "verify", `${directory}/devices/1000.crt`];
  const contenders = [
    contender("node -e 0", () => ["-e", "0"]),
    contender("samicerts --version", () => [COMMAND, "--version"]),
    contender("samicerts client", (round) => [
      COMMAND,
      "client",
      `${1000 + round}`,
      "Lamp",
      "--dir",
      directory,
    ]),
    contender("samicerts verify --root root.crt", () => [...verify, "--root", `${directory}/root.crt`]),
    // Where nobody is named, the vendor's own ledger is asked as well.
    contender("samicerts verify", () => [...verify, "--dir", directory]),
  ];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const one of contenders) measure(one, round);
  }
  report(contenders, keyGenerationMs());
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function contender(name: string, words: Contender["words"]): Contender {
  return { name, words, wallMs: [], processorMs: 0 };
}

function measure(one: Contender, round: number): void {
  const words = one.words(round);
  const processorBefore = childrenProcessorMs();
  const start = process.hrtime.bigint();
  run(words);
  const wallMs = Number(process.hrtime.bigint() - start) / 1e6;
  if (round < WARM_UP_ROUNDS) return;
  one.wallMs.push(wallMs);
  one.processorMs += childrenProcessorMs() - processorBefore;
}

function run(words: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  if (status !== 0) throw new Error(`node ${words.join(" ")} ended with ${status}: ${stderr}`);
}

/** One P-256 key in a process that has just started: what no implementation can leave out. */
function keyGenerationMs(): number {
  const start = process.hrtime.bigint();
  createECDH("prime256v1").generateKeys();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function report(contenders: readonly Contender[], keyMs: number): void {
  const summaries = new Map<string, Summary>(contenders.map(({ name, wallMs }) => [name, summarize(wallMs)]));
  const floorMs = (summaries.get("node -e 0") as Summary).median;
  const clientMs = (summaries.get("samicerts client") as Summary).median;
  const goalMs = GOAL * floorMs + keyMs;
  writeResults({
    name: "start-up",
    title: "What one command costs",
    method: `Whole processes, ${ROUNDS} runs each in turn, after ${WARM_UP_ROUNDS} to warm up; milliseconds.`,
    columns: ["", "median", "least", "most", "times `node -e 0`", "processor time, mean"],
    rows: contenders.map(({ name, processorMs }) => {
      const { median, least, most } = summaries.get(name) as Summary;
      const figures = [median, least, most].map((ms) => ms.toFixed(1));
      return [`\`${name}\``, ...figures, (median / floorMs).toFixed(2), (processorMs / ROUNDS).toFixed(0)];
    }),
    goals: [
      {
        text:
          `\`samicerts client\` in at most ${GOAL} times \`node -e 0\` plus the key, ${goalMs.toFixed(1)} ms; ` +
          `it takes ${clientMs.toFixed(1)} ms`,
        met: clientMs <= goalMs,
      },
    ],
    remarks: [`Key generation in a fresh process: ${keyMs.toFixed(2)} ms.`],
    data: {
      keyGenerationMs: keyMs,
      goalMs,
      contenders: contenders.map(({ name, wallMs, processorMs }) => ({
        name,
        wallMs,
        processorMeanMs: processorMs / ROUNDS,
      })),
    },
  });
}
