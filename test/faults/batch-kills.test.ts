import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { expectExact, startCommand } from "./running-batch.ts";

/** How often a batch is killed, for each signal: 25, or as many as SAMICERTS_KILLS says. */
const KILLS = Number(process.env["SAMICERTS_KILLS"] ?? 25);
const DEVICES = 2000;
/** A batch is killed so often before it may come to its end. */
const KILLS_A_BATCH = 5;
/** What is sharded has that in its name. */
const OUTPUTS = ["k.tar", "k.ndjson", "k", "k.tar.gz", "k-shard"];
const LONG_MS = 20_000 * KILLS;

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const wordsFor = (out: string, from: number): readonly string[] => [
  "batch",
  "--count",
  `${DEVICES}`,
  "--serial-from",
  `${from}`,
  "--name",
  "Device-{serial}",
  "--out",
  out,
  ...(out.includes("shard") ? ["--shard"] : []),
];
const serialsFrom = (from: number): readonly string[] =>
  Array.from({ length: DEVICES }, (_, n) => String(from + n));

/** How long an undisturbed batch takes, in milliseconds: kills are spread over that. */
async function usualMs(): Promise<number> {
  const started = performance.now();
  const { status, stderr } = await startCommand(place, wordsFor("usual.tar", 100_000)).ended;
  expect(status, stderr).toBe(0);
  return performance.now() - started;
}

describe.each(["SIGKILL", "SIGINT"] as const)("a batch that is ended by %s at whatever moment", (signal) => {
  it(
    "goes on when the same command is run again, and is exact at the end",
    async () => {
      const longest = await usualMs();
      let kills = 0;
      let round = 0;
      while (kills < KILLS) {
        const out = `${round}-${OUTPUTS[round % OUTPUTS.length]}`;
        const from = 1_000_000 + round * DEVICES;
        const words = wordsFor(out, from);
        round++;
        for (let attempt = 0; attempt < KILLS_A_BATCH; attempt++) {
          const { child, ended } = startCommand(place, words);
          await Promise.race([pause(Math.random() * longest), ended]);
          child.kill(signal);
          const how = await ended;
          kills++;
          if (how.status === 0) break;
          if (signal === "SIGKILL") expect(how.signal).toBe(signal);
          else if (how.signal === null) {
            // Before it watches for the signal, it is ended as any program.
            expect(how.status, how.stderr).toBe(130);
            expect(how.stderr).not.toContain("error");
            expect(how.stdout).toContain(`to go on  samicerts ${words.slice(0, 5).join(" ")}`);
          }
        }
        const { status, stderr } = place.samicerts(words);
        expect(status, stderr).toBe(0);
        expectExact(place, out, serialsFrom(from));
      }
      expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
    },
    LONG_MS,
  );
});
