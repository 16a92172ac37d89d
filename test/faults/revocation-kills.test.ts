import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLedger } from "../../src/ledger/open.ts";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { CrlWatch } from "./published-crl.ts";
import { startCommand } from "./running-batch.ts";

/** How often commands are killed: 60, or as many times as much as SAMICERTS_KILLS says of 25. */
const KILLS = Math.ceil((Number(process.env["SAMICERTS_KILLS"] ?? 25) * 60) / 25);
const FIRST = 100_000_000;
/** So many are revoked with one list. */
const LIST = 100;
const LONG_MS = 20_000 * KILLS;

let place: Place;
let watch: CrlWatch;
/** The next device that nothing was done to. */
let next = FIRST;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  const count = String(KILLS * LIST + 1000);
  place.succeed(["batch", "--count", count, "--serial-from", String(FIRST), "--name", "Lamp {n}", "--quiet"]);
  watch = new CrlWatch(place);
});
afterAll(() => place.remove());

const take = (count: number): readonly string[] => Array.from({ length: count }, () => String(next++));

/** A command that may be run again, and whom it revokes. */
interface Step {
  readonly words: readonly string[];
  readonly serials: readonly string[];
  /** Exit codes that mean: it was done before. */
  readonly doneBefore: readonly number[];
}

const STEPS: readonly (() => Step)[] = [
  () => ({ words: ["crl"], serials: [], doneBefore: [] }),
  () => {
    const serials = take(1);
    return { words: ["revoke", ...serials, "--reason", "keyCompromise"], serials, doneBefore: [4] };
  },
  () => {
    const serials = take(LIST);
    writeFileSync(place.at("stolen.csv"), `serial\n${serials.join("\n")}\n`);
    return { words: ["revoke", "--from", "stolen.csv", "--reason", "superseded"], serials, doneBefore: [] };
  },
  () => {
    const serials = take(1);
    return { words: ["renew", ...serials, "--revoke"], serials, doneBefore: [4] };
  },
];

/** How long a step takes that nobody disturbs, in milliseconds: kills are spread over that. */
async function usualMs(step: Step): Promise<number> {
  const started = performance.now();
  const { status, stderr } = await startCommand(place, step.words).ended;
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  for (const serial of step.serials) watch.promised.add(serial);
  return performance.now() - started;
}

describe("revoke, renew and crl, killed at whatever moment,", () => {
  it(
    "lose nobody who was revoked, and no number",
    async () => {
      const usual: number[] = [];
      for (const make of STEPS) usual.push(await usualMs(make()));
      let kills = 0;
      for (let round = 0; kills < KILLS; round++) {
        const steps = [STEPS[round % STEPS.length]?.() as Step];
        // Every third time somebody publishes while somebody else revokes.
        if (round % 3 === 2 && steps[0]?.words[0] !== "crl") steps.push((STEPS[0] as () => Step)());
        const most = usual[round % STEPS.length] as number;
        const running = steps.map((step) => startCommand(place, step.words));
        await Promise.race([pause(Math.random() * most), ...running.map(({ ended }) => ended)]);
        for (const { child } of running) child.kill("SIGKILL");
        for (const [index, { ended }] of running.entries()) {
          const { status, signal, stderr } = await ended;
          if (signal === "SIGKILL") kills++;
          else expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
          if (status === 0) for (const serial of steps[index]?.serials ?? []) watch.promised.add(serial);
        }
        watch.look();
        // Somebody publishes before whoever revoked tries again, or after.
        if (round % 2 === 0) finish(steps);
        place.succeed(["crl", "--quiet"]);
        watch.published();
        finish(steps);
      }
      place.succeed(["crl", "--quiet"]);
      watch.published();
      expect(watch.promised.size).toBeGreaterThan(KILLS);
      place.succeed(["audit", "verify"]);
      expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
      const ledger = openLedger(place.at("samicerts.db"));
      const [root] = ledger.issuers();
      for (const serial of watch.promised)
        expect(ledger.find(root?.id ?? 0, serial)?.revocation, serial).toBeDefined();
      ledger.close();
    },
    LONG_MS,
  );

  /** Runs what was cut off again. */
  function finish(steps: readonly Step[]): void {
    for (const { words, serials, doneBefore } of steps) {
      if (words[0] === "crl") continue;
      const { status, stderr } = place.samicerts(words);
      expect([0, ...doneBefore], `${words.join(" ")}: ${stderr}`).toContain(status);
      for (const serial of serials) watch.promised.add(serial);
    }
  }
});
