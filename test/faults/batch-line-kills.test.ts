import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { startCommand } from "./running-batch.ts";

/** How often it is killed: 10, or as many times as much as SAMICERTS_KILLS says of 25. */
const KILLS = Math.ceil((Number(process.env["SAMICERTS_KILLS"] ?? 25) * 10) / 25);
const DEVICES = 400;

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["intermediate", "line7", "/C=US/O=MyOrg/CN=Line 7"]);
});
afterAll(() => place.remove());

const wordsFor = (from: number): readonly string[] => [
  ...["batch", "--line", "line7", "--count", `${DEVICES}`],
  ...["--serial-from", `${from}`, "--name", "Lamp {serial}"],
];

it(
  "a line's batch that is killed at whatever moment has every chain once it is finished",
  async () => {
    const started = performance.now();
    expect((await startCommand(place, wordsFor(1_000_000)).ended).status).toBe(0);
    const usual = performance.now() - started;
    let made = DEVICES;
    for (let kills = 0; kills < KILLS; made += DEVICES) {
      const words = wordsFor(1_000_000 + made);
      for (let attempt = 0; attempt < 3; attempt++) {
        const { child, ended } = startCommand(place, words);
        await Promise.race([pause(Math.random() * usual), ended]);
        child.kill("SIGKILL");
        if ((await ended).signal === "SIGKILL") kills++;
      }
      const { status, stderr } = place.samicerts(words);
      // On a slow machine it tells how far it is.
      expect(status, stderr).toBe(0);
    }
    const names = readdirSync(place.at("lines/line7/devices"));
    expect(names.filter((name) => name.endsWith(".chain.crt")).length).toBe(made);
    const line = readFileSync(place.at("lines/line7/line.crt"), "utf8");
    for (const name of names.filter((each) => /^[0-9]+\.crt$/.test(each))) {
      const text = (ending: string): string =>
        readFileSync(place.at("lines/line7/devices", name.replace(".crt", ending)), "utf8");
      expect(text(".chain.crt")).toBe(text(".crt") + line);
    }
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
  },
  20_000 * KILLS,
);
