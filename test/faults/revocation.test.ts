import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { buildWorker, type Worker } from "./killed-worker.ts";
import { CrlWatch } from "./published-crl.ts";

const FIRST = 100_000_000;
const DEVICES = 100;

let worker: Worker;
let place: Place;
let watch: CrlWatch;
beforeAll(async () => {
  worker = await buildWorker();
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  expect(worker.run(place, -1, "devices", [String(FIRST), String(DEVICES)])?.outcome).toBe("done");
  watch = new CrlWatch(place);
});
afterAll(() => {
  place.remove();
  worker.remove();
});

function publish(): void {
  expect(worker.run(place, -1, "crl", [])?.outcome).toBe("done");
  watch.published();
}

describe("revoke, killed at each of its calls that write,", () => {
  it("has revoked or has not, and the same command says which", () => {
    const whole = worker.run(place, -1, "revoke", [String(FIRST)]);
    expect(whole?.outcome).toBe("done");
    watch.promised.add(String(FIRST));
    const calls = whole?.calls ?? 0;
    expect(calls).toBeGreaterThan(1);
    for (let n = 0; n < calls; n++) {
      const serial = String(FIRST + 1 + n);
      expect(worker.run(place, n, "revoke", [serial])).toBeUndefined();
      const again = worker.run(place, -1, "revoke", [serial])?.outcome;
      expect(`killed at call ${n}: ${again}`).toMatch(/: (?:done|revocation\.duplicate)$/);
      watch.promised.add(serial);
    }
    publish();
  });
});

describe("crl, killed at each of its calls that write,", () => {
  it("leaves a whole CRL, whose number never goes back and which loses nobody", () => {
    publish();
    const calls = worker.run(place, -1, "crl", [])?.calls ?? 0;
    watch.published();
    expect(calls).toBeGreaterThan(5);
    for (let n = 0; n < calls; n++) {
      const serial = String(FIRST + 50 + n);
      expect(worker.run(place, -1, "revoke", [serial])?.outcome).toBe("done");
      watch.promised.add(serial);
      expect(worker.run(place, n, "crl", []), `call ${n}`).toBeUndefined();
      // Whoever fetches one of them meanwhile.
      watch.look();
      publish();
    }
    place.succeed(["audit", "verify"]);
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
  }, 300_000);
});
