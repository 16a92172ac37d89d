import { createPrivateKey, X509Certificate } from "node:crypto";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkLedger } from "../../src/actions/ledger-check.ts";
import { decodeSingle } from "../../src/actions/open-issuer.ts";
import { createVerifier } from "../../src/actions/verify.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { openJudge } from "../../src/open-judge.ts";
import { openLedgerCheck } from "../../src/open-ledger-check.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { buildWorker, type Worker } from "./killed-worker.ts";

const judge = openJudge(loadPolicy("sami", () => ""));

let worker: Worker;
let base: Place;
let place: Place;
beforeAll(async () => {
  worker = await buildWorker();
  base = makePlace();
  place = makePlace();
  base.succeed(["root", ROOT_NAME]);
  base.succeed(["client", "100000001", "Before"]);
});
afterAll(() => {
  base.remove();
  place.remove();
  worker.remove();
});

/** Another directory with the same root, as it was before anything was done. */
function copyOf(name: string): Place {
  const directory = place.at(name);
  cpSync(base.directory, directory, { recursive: true });
  return { ...place, directory, at: (...parts) => join(directory, ...parts) };
}

const der = (path: string): ReturnType<typeof decodeSingle> => decodeSingle(readFileSync(path), path);

/** The verdicts on both devices of somebody who knows one root, and was given what binds it to the other. */
function verdicts(vendor: Place, root: string): readonly string[] {
  const verifier = createVerifier({
    anchors: [der(vendor.at(root))],
    untrusted: ["old-with-new.crt", "new-with-old.crt"].map((name) => der(vendor.at("old-roots/1", name))),
    judge,
    atMs: Date.now(),
  });
  return ["100000001", "100000002"].flatMap((serial) => {
    const certificates = [der(vendor.at("devices", `${serial}.crt`)).der];
    return verifier.verify({ name: serial, certificates }).map(({ verdict }) => verdict);
  });
}

describe("replacing a root", () => {
  it("leaves a root that can issue wherever it was killed, and is taken up by the same command", () => {
    const calls = worker.run(copyOf("whole"), -1, "replace", [])?.calls ?? 0;
    expect(calls).toBeGreaterThan(20);
    for (let n = 0; n < calls; n++) {
      const vendor = copyOf(String(n));
      expect(worker.run(vendor, n, "replace", [])).toBeUndefined();
      const again = worker.run(vendor, -1, "issue-and-replace", ["100000002"]);
      expect(`killed at call ${n}: ${again?.outcome}`).toMatch(/: (?:done|root\.replaced)$/);

      expect(readdirSync(vendor.at("old-roots"))).toEqual(["1"]);
      const kept = ["new-with-old.crt", "old-with-new.crt", "root.crt", "root.key"];
      expect(readdirSync(vendor.at("old-roots/1"))).toEqual(kept);
      for (const name of ["root.crt", "root.key"])
        expect(readFileSync(vendor.at("old-roots/1", name))).toEqual(readFileSync(base.at(name)));
      const root = new X509Certificate(readFileSync(vendor.at("root.crt")));
      expect(root.checkPrivateKey(createPrivateKey(readFileSync(vendor.at("root.key"))))).toBe(true);
      expect(root.raw.equals(new X509Certificate(readFileSync(base.at("root.crt"))).raw)).toBe(false);
      for (const known of ["root.crt", "old-roots/1/root.crt"])
        expect(verdicts(vendor, known)).toEqual(["compliant", "compliant"]);

      const ledger = openLedger(vendor.at("samicerts.db"));
      expect([...checkLedger(openLedgerCheck(vendor.directory, ledger))]).toEqual([]);
      expect([...ledger.checkRecord()]).toEqual([]);
      expect(ledger.issuers().length).toBe(2);
      ledger.close();
    }
  }, 300_000);
});
