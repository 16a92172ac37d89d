import { parseArgs } from "node:util";
import { compare } from "./compare.ts";
import { explained } from "./explained.ts";

/** Runs the comparison as its arguments ask and prints what was found; 1 where a disagreement has no explanation. */
export function run(words: readonly string[]): number {
  const { values } = parseArgs({
    args: [...words],
    options: { count: { type: "string" }, seed: { type: "string" }, certtool: { type: "string" } },
  });
  const count = Number(values.count ?? 2000);
  const seed = Number(values.seed ?? 1);
  const tallies = compare(count, seed, Number(values.certtool ?? 50));
  let unexplained = 0;
  process.stdout.write(`seed ${seed}, ${count} certificates\n\n`);
  for (const [peer, tally] of tallies) {
    const sum = (map: ReadonlyMap<string, number>): number => [...map.values()].reduce((a, b) => a + b, 0);
    process.stdout.write(
      `${peer}: agree ${tally.agree}, only we accept ${sum(tally.oursOnly)}, only it accepts ${sum(tally.theirsOnly)}\n`,
    );
    for (const [side, map] of [
      ["ours", tally.oursOnly],
      ["theirs", tally.theirsOnly],
    ] as const)
      for (const [reason, times] of [...map].sort((a, b) => b[1] - a[1])) {
        const why = explained(peer, side, reason);
        if (why === undefined) unexplained++;
        const example = why ?? `NOT EXPLAINED, as in: ${tally.examples.get(`${side}: ${reason}`)}`;
        process.stdout.write(
          `    ${side === "ours" ? "only we" : "only it"} ${String(times).padStart(6)}  ${reason}: ${example}\n`,
        );
      }
  }
  return unexplained === 0 ? 0 : 1;
}
