import { parseArgs } from "node:util";
import { compareGenerated } from "./compare.ts";
import { compareCorpus } from "./corpus.ts";
import { explained } from "./explained.ts";
import { type PeerTally, SIDES, type Side, type Tallies } from "./tally.ts";

const WORDS: Readonly<Record<Side, string>> = {
  ours: "only we accept",
  theirs: "only it accepts",
  differ: "both read, differently",
};

/**
 * Runs the comparison as its arguments ask, over what is generated or, with `--corpus`, over the data in `conformance`,
 * and prints what was found as Markdown. Gives the exit code: 1 where a disagreement has no explanation.
 */
export function run(words: readonly string[], conformance: string): number {
  const { values } = parseArgs({
    args: [...words],
    options: {
      count: { type: "string" },
      seed: { type: "string" },
      certtool: { type: "string" },
      corpus: { type: "boolean" },
    },
  });
  if (values.corpus === true) return print(conformance, compareCorpus(conformance));
  const count = Number(values.count ?? 2000);
  const seed = Number(values.seed ?? 1);
  const every = Number(values.certtool ?? 50);
  return print(`seed ${seed}, ${count} certificates`, compareGenerated(count, seed, every));
}

function print(title: string, tallies: Tallies): number {
  const rows = [
    "| peer | alike | only we accept | only it accepts | read differently |",
    "|---|--:|--:|--:|--:|",
  ];
  for (const [peer, { agree, apart }] of tallies)
    rows.push(`| ${[peer, agree, ...SIDES.map((side) => sum(apart[side]))].join(" | ")} |`);
  process.stdout.write(
    `${title}\n\n${rows.join("\n")}\n\n| peer | who | times | reason | why |\n|---|---|--:|---|---|\n`,
  );
  let unexplained = 0;
  for (const [peer, tally] of tallies)
    for (const side of SIDES)
      for (const [reason, times] of [...tally.apart[side]].sort((a, b) => b[1] - a[1])) {
        const why = explained(peer, side, reason);
        if (why.length === 0) unexplained++;
        const told = why.length === 0 ? notExplained(tally, side, reason) : why.join("; ");
        process.stdout.write(`| ${[peer, WORDS[side], times, reason, told].join(" | ")} |\n`);
      }
  return unexplained === 0 ? 0 : 1;
}

function notExplained({ examples }: PeerTally, side: Side, reason: string): string {
  return `NOT EXPLAINED, as in: ${examples.get(`${side}: ${reason}`)}`;
}

function sum(map: ReadonlyMap<string, number>): number {
  return [...map.values()].reduce((a, b) => a + b, 0);
}
