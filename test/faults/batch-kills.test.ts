import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { expectExact, type RunningBatch, startCommand } from "./running-batch.ts";

/** How often a batch is killed, for each signal: 25, or as many as SAMICERTS_KILLS says. */
const KILLS = Number(process.env["SAMICERTS_KILLS"] ?? 25);
const DEVICES = 2000;
/** A batch is killed so often before it may come to its end. */
const KILLS_A_BATCH = 5;
/** How fast the machine is changes while others use it. */
const ROUNDS_A_MEASUREMENT = 5;
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

/** Starts a batch; `begun` is fulfilled once the ledger has it, or where it ends before that. */
function startBatch(words: readonly string[]): RunningBatch & { readonly begun: Promise<void> } {
  const running = startCommand(place, [...words, "--json"]);
  const begun = new Promise<void>((resolve) => {
    running.child.stdout?.once("data", () => resolve());
    void running.ended.then(() => resolve());
  });
  return { ...running, begun };
}

/** Of an undisturbed batch, how long it works, in milliseconds: kills are spread over that. */
async function workingMs(from: number): Promise<number> {
  const { begun, ended } = startBatch(wordsFor(`${from}.tar`, from));
  await begun;
  const start = performance.now();
  const { status, stderr } = await ended;
  expect(status, stderr).toBe(0);
  return performance.now() - start;
}

describe.each(["SIGKILL", "SIGINT"] as const)("a batch that is ended by %s at whatever moment", (signal) => {
  it(
    "goes on when the same command is run again, and is exact at the end",
    async () => {
      let kills = 0;
      let longest = 0;
      for (let round = 0; kills < KILLS; round++) {
        const from = 1_000_000 + round * DEVICES;
        if (round % ROUNDS_A_MEASUREMENT === 0) longest = await workingMs(500_000_000 + from);
        const out = `${round}-${OUTPUTS[round % OUTPUTS.length]}`;
        const words = wordsFor(out, from);
        for (let attempt = 0; attempt < KILLS_A_BATCH; attempt++) {
          const { child, begun, ended } = startBatch(words);
          // Some of them before it has begun.
          if (attempt > 0) await begun;
          await Promise.race([pause(Math.random() * longest), ended]);
          child.kill(signal);
          const how = await ended;
          if (how.status === 0) break;
          kills++;
          if (signal === "SIGKILL") expect(how.signal).toBe(signal);
          // Before it watches for the signal, it is ended as any program.
          else if (how.signal === null) expectInterrupted(how, words);
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

/** It has finished the work in hand, and says how to go on. */
function expectInterrupted(how: Awaited<RunningBatch["ended"]>, words: readonly string[]): void {
  expect(how.status, how.stderr).toBe(130);
  expect(how.stderr).not.toContain("error");
  const [summary = ""] = how.stdout.trimEnd().split("\n").slice(-1);
  expect(JSON.parse(summary)).toMatchObject({ event: "summary", state: "interrupted" });
  expect(JSON.parse(summary).resume).toContain(`samicerts ${words.slice(0, 5).join(" ")}`);
}
