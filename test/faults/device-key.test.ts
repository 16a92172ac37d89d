import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signatureAlgorithmFor } from "../../src/x509/algorithms.ts";
import { parseName } from "../../src/x509/name-syntax.ts";
import { assembleRequest, encodeRequestInfo } from "../../src/x509/request.ts";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { buildWorker, type Worker } from "./killed-worker.ts";

let worker: Worker;
let place: Place;
beforeAll(async () => {
  worker = await buildWorker();
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "999", "the first makes the directory"]);
});
afterAll(() => {
  place.remove();
  worker.remove();
});

/** Writes the request of a new device; gives its path. */
function request(name: string): string {
  const { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync(
    "ec",
    {
      namedCurve: "P-256",
    },
  );
  const spki = publicKey.export({ type: "spki", format: "der" });
  const info = encodeRequestInfo({ subject: parseName("CN=x"), publicKey: spki });
  const algorithm = signatureAlgorithmFor({ kind: "ec", curve: "P-256" });
  const path = place.at(`${name}.csr`);
  writeFileSync(path, assembleRequest(info, algorithm, sign("sha256", info, privateKey)));
  return path;
}

describe("a certificate for a key that the device keeps", () => {
  it("is finished by the same command wherever its issue was killed, and by no other key", () => {
    const whole = worker.run(place, -1, "client-csr", ["1000", "whole", request("whole")]);
    expect(whole?.outcome).toBe("done");
    const calls = whole?.calls ?? 0;
    expect(calls).toBeGreaterThan(5);
    let adopted = 0;
    let strangers = 0;
    // Every second moment, and the last ones, where the certificate is there and the ledger does not know it yet.
    for (let n = 0; n < calls; n++) {
      const serial = String(2000 + n);
      const name = `device${n}`;
      const csr = request(name);
      expect(worker.run(place, n, "client-csr", [serial, name, csr])).toBeUndefined();
      const path = place.at("devices", `${serial}.crt`);
      const written = existsSync(path) ? readFileSync(path, "utf8") : undefined;
      if (written !== undefined && adopted === 0) {
        expect(place.samicerts(["ledger", "check"]).stdout).toContain("its certificate is there, whole");
        place.succeed(["ledger", "repair"]);
        adopted++;
      } else if (written !== undefined && strangers === 0) {
        // What is there is for the device's key: neither another nor a new one comes to stand beside it.
        expect(place.samicerts(["client", serial, name]).status).toBe(4);
        expect(place.samicerts(["client", serial, name, "--csr", request("other")]).status).toBe(4);
        strangers++;
      }
      const { status, stderr } = place.samicerts(["client", serial, name, "--csr", csr]);
      const known = status === 4 && stderr.includes("was issued already");
      expect(`killed at call ${n}: ${known ? 0 : status} ${known ? "" : stderr}`).toMatch(/: 0 $/);
      if (written !== undefined) expect(readFileSync(path, "utf8")).toBe(written);
    }
    expect([adopted, strangers]).toEqual([1, 1]);
    const keys = readdirSync(place.at("devices")).filter((file) => !file.endsWith(".crt"));
    expect(keys).toEqual(["999.key"]);
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
    place.succeed(["verify"]);
  }, 300_000);
});
