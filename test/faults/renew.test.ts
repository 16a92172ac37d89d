import { spawn } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LedgerRow } from "../../src/ledger/ledger.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { COMMAND, makePlace, type Place, plainEnvironment, ROOT_NAME } from "../stories/command.ts";
import { buildWorker, type Worker } from "./killed-worker.ts";

const DEVICES = 200;

let worker: Worker;
let place: Place;
beforeAll(async () => {
  worker = await buildWorker();
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  expect(worker.run(place, -1, "devices", ["100000000", String(DEVICES)])?.outcome).toBe("done");
});
afterAll(() => {
  place.remove();
  worker.remove();
});

function successors(serial: string): readonly LedgerRow[] {
  const ledger = openLedger(place.at("samicerts.db"));
  const rows = ledger.issuers().flatMap(({ id }) => ledger.successors(id, serial));
  ledger.close();
  return rows;
}

const publicKey = (serial: string): unknown =>
  new X509Certificate(readFileSync(place.at("devices", `${serial}.crt`))).publicKey.export({ format: "jwk" });

describe.each([
  ["renew", 100_000_000, true],
  ["rekey", 100_000_100, false],
])("to %s and revoke", (how, from, isSameKey) => {
  it("is taken up by the same command wherever it was killed", () => {
    const whole = worker.run(place, -1, "renew", [String(from), how]);
    expect(whole?.outcome).toBe("done");
    const calls = whole?.calls ?? 0;
    expect(calls).toBeGreaterThan(6);
    expect(calls).toBeLessThan(DEVICES / 2);
    for (let n = 0; n < calls; n++) {
      const serial = String(from + 1 + n);
      expect(worker.run(place, n, "renew", [serial, how])).toBeUndefined();
      const before = successors(serial);
      const again = worker.run(place, -1, "renew", [serial, how])?.outcome;
      const rows = successors(serial);
      // Either it goes on, or it says that it was done.
      expect(`killed at call ${n}: ${again}`).toMatch(/: (?:done|renewal\.done)$/);
      expect(rows).toMatchObject([{ state: "issued", name: `Device ${from + 1 + n - 100_000_000}` }]);
      const [row] = rows as [LedgerRow];
      // What was reserved, or even signed, is what is finished.
      if (before[0] !== undefined) expect(row.serial).toBe(before[0].serial);
      expect(JSON.stringify(publicKey(row.serial)) === JSON.stringify(publicKey(serial))).toBe(isSameKey);
      const key = createPrivateKey(readFileSync(place.at("devices", `${row.serial}.key`)));
      const pem = readFileSync(place.at("devices", `${row.serial}.crt`));
      expect(new X509Certificate(pem).checkPrivateKey(key)).toBe(true);
      expect(existsSync(place.at("devices", `${serial}.key`))).toBe(true);
    }
    expect(readdirSync(place.at("devices")).filter((name) => !/^[0-9]+\.(?:crt|key)$/.test(name))).toEqual(
      [],
    );
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
    place.succeed(["audit", "verify"]);
    const ledger = openLedger(place.at("samicerts.db"));
    const [root] = ledger.issuers();
    for (let n = 0; n <= calls; n++)
      expect(ledger.find(root?.id ?? 0, String(from + n))?.revocation?.reason).toBe("superseded");
    ledger.close();
  }, 300_000);
});

describe("eight processes that renew one certificate", () => {
  it("make one certificate", async () => {
    const serial = "100000199";
    const start = () =>
      new Promise<number | null>((resolve, reject) => {
        const options = { cwd: place.directory, env: plainEnvironment(), stdio: "ignore" } as const;
        const child = spawn(process.execPath, [COMMAND, "renew", serial], options);
        child.once("error", reject);
        child.once("close", resolve);
      });
    const ends = await Promise.all(Array.from({ length: 8 }, start));
    expect(ends.filter((status) => status === 0).length).toBe(1);
    expect(ends.filter((status) => status === 4).length).toBe(7);
    expect(successors(serial)).toMatchObject([{ state: "issued" }]);
  });
});
