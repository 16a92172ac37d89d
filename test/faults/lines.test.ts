import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLedger } from "../../src/ledger/open.ts";
import { COMMAND, makePlace, type Place, plainEnvironment, ROOT_NAME } from "../stories/command.ts";
import { buildWorker, type Worker } from "./killed-worker.ts";

let worker: Worker;
let place: Place;
beforeAll(async () => {
  worker = await buildWorker();
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["intermediate", "warm", "/C=US/O=MyOrg/CN=Warm"]);
});
afterAll(() => {
  place.remove();
  worker.remove();
});

const range = (n: number): [string, string] => [String(1_000_000 + n * 1000), String(1_000_999 + n * 1000)];

describe("making a line", () => {
  it("is taken up by the same command wherever it was killed", () => {
    const whole = worker.run(place, -1, "intermediate", ["whole", "/C=US/O=MyOrg/CN=Whole", ...range(-1)]);
    expect(whole?.outcome).toBe("done");
    const calls = whole?.calls ?? 0;
    expect(calls).toBeGreaterThan(9);
    let cutOff = 0;
    for (let n = 0; n < calls; n++) {
      const name = `line${n}`;
      const dn = `/C=US/O=MyOrg/CN=Line ${n}`;
      if (worker.run(place, n, "intermediate", [name, dn, ...range(n)]) === undefined) cutOff++;
      const keyPath = place.at("lines", name, "line.key");
      const key = existsSync(keyPath) ? readFileSync(keyPath, "utf8") : undefined;
      const { status, stderr } = place.samicerts(["intermediate", name, dn, "--serials", range(n).join("-")]);
      const known = status === 4 && stderr.includes(`there is a line ${name} already`);
      expect(`killed at call ${n}: ${known ? 0 : status} ${known ? "" : stderr}`).toMatch(/: 0 $/);
      // A key that was durable is not lost, and no file is left beside the two.
      if (key !== undefined) expect(readFileSync(keyPath, "utf8")).toBe(key);
      expect(readdirSync(place.at("lines", name))).toEqual(["line.crt", "line.key"]);
    }
    expect(cutOff).toBe(calls);
    const last = `line${calls - 1}`;
    place.succeed(["client", range(calls - 1)[0], "Device", "--line", last]);
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
    const { certificates } = JSON.parse(place.succeed(["list", "--json"])) as {
      certificates: { name: string; state: string }[];
    };
    const made = certificates.filter((row) => row.name.includes("/CN=Line "));
    expect(new Set(made.map((row) => row.name)).size).toBe(calls);
    expect(made.length).toBe(calls);
    place.succeed(["verify", "lines"]);
  }, 300_000);

  it("anew for its key is taken up wherever it was killed, and makes one certificate", () => {
    const words = ["again", "/C=US/O=MyOrg/CN=Again"];
    place.succeed(["intermediate", ...words]);
    const key = readFileSync(place.at("lines/again/line.key"));
    const calls = worker.run(place, -1, "intermediate-again", words)?.calls ?? 0;
    expect(calls).toBeGreaterThan(5);
    for (let n = 0; n < calls; n++) {
      const before = made("/C=US/O=MyOrg/CN=Again");
      expect(worker.run(place, n, "intermediate-again", words)).toBeUndefined();
      expect(worker.run(place, -1, "intermediate-again", words)?.outcome).toBe("done");
      // Two commands, of which the first may have come to its end: then it is one more.
      expect([1, 2]).toContain(made("/C=US/O=MyOrg/CN=Again") - before);
      expect(readdirSync(place.at("lines/again"))).toEqual(["line.crt", "line.key"]);
    }
    expect(readFileSync(place.at("lines/again/line.key")).equals(key)).toBe(true);
    place.succeed(["client", "100000001", "Device", "--line", "again"]);
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
  }, 300_000);

  it("gives each serial of its range once, to eight processes at once", async () => {
    place.succeed(["intermediate", "eight", "/C=US/O=MyOrg/CN=Eight", "--serials", "900000-900003"]);
    const asked = Array.from({ length: 8 }, (_, index) => String(900_000 + (index % 5)));
    const ends = await Promise.all(
      asked.map((serial) => run(["client", serial, "Device", "--line", "eight"])),
    );
    // Four serials, one of them outside of the range.
    expect(ends.filter((status) => status === 0).length).toBe(4);
    expect(ends.filter((status) => status === 4).length).toBe(3);
    expect(ends.filter((status) => status === 2).length).toBe(1);
    const made = readdirSync(place.at("lines/eight/devices")).filter((name) => name.endsWith(".chain.crt"));
    expect(made.length).toBe(4);
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
  });

  it("gives a line to one of eight processes", async () => {
    const words = ["intermediate", "race", "/C=US/O=MyOrg/CN=Race", "--serials", "910000-919999"];
    const ends = await Promise.all(Array.from({ length: 8 }, () => run(words)));
    expect(ends.filter((status) => status === 0).length).toBe(1);
    expect(ends.filter((status) => status === 4).length).toBe(7);
    place.succeed(["client", "910000", "Device", "--line", "race"]);
  });
});

/** How many certificates of this name the ledger has; throws where one is not finished. */
function made(name: string): number {
  const ledger = openLedger(place.at("samicerts.db"));
  const { rows } = ledger.list({}, { limit: 1000 });
  ledger.close();
  const found = rows.filter((row) => row.name === name);
  expect(found.every(({ state }) => state === "issued")).toBe(true);
  return found.length;
}

function run(words: readonly string[]): Promise<number | null> {
  const options = { cwd: place.directory, env: plainEnvironment(), stdio: "ignore" } as const;
  const child = spawn(process.execPath, [COMMAND, ...words], options);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}
