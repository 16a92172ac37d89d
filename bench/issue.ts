// How near one thread's issuing comes to what the machine's cryptography alone allows.
import process from "node:process";
import { memoryIssuer, POLICY } from "./issuer.ts";
import { readOptions } from "./options.ts";
import { rawStep } from "./raw-steps.ts";
import { writeResults } from "./results.ts";
import { summarize } from "./statistics.ts";

const { rounds: ROUNDS } = readOptions({ rounds: 9 });
const ROUND_MS = 1000;
const GOAL_SHARE = 0.45;

/** Something done again and again; gives a number above 0, so that nothing of it can be left out. */
type Step = (turn: number) => number;

interface Contender {
  readonly name: string;
  readonly step: Step;
  readonly rates: number[];
}

/** A device's key and certificate as PEM; `checked` as a single `samicerts client` does it. */
function issuing(checked: boolean): Step {
  const issuer = memoryIssuer();
  return (turn) => {
    const { certificate, key } = issuer.issue(BigInt(100_000_000 + turn), checked);
    return certificate.length + key.length;
  };
}

/** Runs `step` for a round; gives how many it did a second. */
function rate(step: Step, from: number): number {
  const start = process.hrtime.bigint();
  let sum = 0;
  let turns = 0;
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    for (let i = 0; i < 100; i++) sum += step(from + turns++);
    elapsedMs = Number(process.hrtime.bigint() - start) / 1e6;
  }
  if (sum === 0) throw new Error("nothing was made");
  return (turns / elapsedMs) * 1000;
}

const limit: Contender = { name: "the limit", step: rawStep({ kind: "p256" }), rates: [] };
const plain: Contender = { name: "samicerts", step: issuing(false), rates: [] };
const checked: Contender = { name: "with every signature verified", step: issuing(true), rates: [] };
const contenders = [limit, plain, checked];
for (let round = 0; round <= ROUNDS; round++) {
  for (const one of contenders) {
    const measured = rate(one.step, round * 1_000_000);
    // The first round warms up.
    if (round > 0) one.rates.push(measured);
  }
}

const limitMedian = summarize(limit.rates).median;
const share = summarize(plain.rates).median / limitMedian;
const count = (value: number): string => Math.round(value).toLocaleString("en");
const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
writeResults({
  name: "issue",
  title: "Issuing in one thread",
  method:
    `P-256 root and devices under the policy \`${POLICY}\`: key, draft, encode, decode, judge, sign and PEM, in memory; ` +
    `${ROUNDS} rounds of ${ROUND_MS} ms in turn with the limit, which is key and signature alone. Certificates a second.`,
  columns: ["", "median", "least", "most", "of the limit"],
  rows: contenders.map(({ name, rates }) => {
    const { median, least, most } = summarize(rates);
    return [name, ...[median, least, most].map(count), percent(median / limitMedian)];
  }),
  goals: [
    {
      text: `issuing in one thread at ${percent(GOAL_SHARE)} of the limit or more; it is ${percent(share)}`,
      met: share >= GOAL_SHARE,
    },
  ],
  remarks: [],
  data: { share, rates: Object.fromEntries(contenders.map(({ name, rates }) => [name, rates])) },
});
