import { spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../stories/command.ts";
import { PROJECT } from "../stories/readme.ts";

interface Outcome {
  readonly outcome: string;
  readonly calls: number;
}

let cache: string;
let worker: string;

beforeAll(async () => {
  mkdirSync(join(PROJECT, "node_modules/.cache"), { recursive: true });
  cache = mkdtempSync(join(PROJECT, "node_modules/.cache/issue-worker-"));
  worker = join(cache, "worker.mjs");
  await build({
    entryPoints: [join(PROJECT, "test/faults/issue-worker.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile: worker,
    logLevel: "warning",
  });
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** Issues one device in a process of its own that fails at its n-th call of the file system. */
function issue(place: Place, serial: string, n: number, how: string): Outcome | undefined {
  const words = [worker, place.directory, serial, "Device", String(n), how];
  const ended = spawnSync(process.execPath, words, { encoding: "utf8" });
  if (ended.signal === "SIGKILL") return undefined;
  expect(ended.stderr).toBe("");
  return JSON.parse(ended.stdout) as Outcome;
}

/** What must be true once a device was issued: one certificate, its own key, nothing else, and all are content. */
function expectIssued(place: Place, serial: string): void {
  const certificate = new X509Certificate(readFileSync(place.at("devices", `${serial}.crt`)));
  const key = createPrivateKey(readFileSync(place.at("devices", `${serial}.key`)));
  expect(certificate.checkPrivateKey(key)).toBe(true);
  expect(BigInt(`0x${certificate.serialNumber}`)).toBe(BigInt(serial));
  expect(statSync(place.at("devices", `${serial}.key`)).mode & 0o777).toBe(0o600);
  expect(place.samicerts(["verify", `devices/${serial}.crt`]).status).toBe(0);
  const again = place.samicerts(["client", serial, "Device"]);
  expect(again.status).toBe(4);
  expect(again.stderr).toContain("was issued already");
}

function filesOf(place: Place, serial: string): readonly string[] {
  const devices = place.at("devices");
  return existsSync(devices) ? readdirSync(devices).filter((name) => name.includes(serial)) : [];
}

describe("issuing one device", () => {
  let place: Place;
  beforeAll(() => {
    place = makePlace();
    place.succeed(["root", "/C=US/O=MyOrg/CN=MyDevAuthority"]);
    // So that devices/ is there whichever serial is issued next.
    place.succeed(["client", "99999", "Warm"]);
  });
  afterAll(() => place.remove());

  it("is taken up by the same command wherever it was killed", () => {
    const whole = issue(place, "50000", -1, "KILL");
    expect(whole?.outcome).toBe("issued");
    const calls = whole?.calls ?? 0;
    expect(calls).toBeGreaterThan(15);
    let cutOff = 0;
    for (let n = 0; n < calls; n++) {
      const serial = String(60_000 + n);
      if (issue(place, serial, n, "KILL") !== undefined) continue;
      cutOff++;
      const left = filesOf(place, serial);
      const mine = left.includes(`${serial}.key`)
        ? readFileSync(place.at("devices", `${serial}.key`), "utf8")
        : undefined;
      // Nobody else gets the serial while it is not known what became of it.
      if (left.length > 0) expect(place.samicerts(["client", serial, "Another"]).status).toBe(4);
      const { status, stderr } = place.samicerts(["client", serial, "Device"]);
      expect(`killed at call ${n}: ${status} ${stderr}`).toMatch(/: 0 $/);
      expectIssued(place, serial);
      // A key that was durable is not lost.
      if (mine !== undefined) expect(readFileSync(place.at("devices", `${serial}.key`), "utf8")).toBe(mine);
      expect(filesOf(place, serial)).toEqual([`${serial}.crt`, `${serial}.key`]);
    }
    expect(cutOff).toBe(calls);
  }, 300_000);

  for (const errno of ["EIO", "ENOSPC"])
    it(`leaves nothing, or finishes later, where any one call fails with ${errno}`, () => {
      const calls = issue(place, `5${errno.length}001`, -1, errno)?.calls ?? 0;
      expect(calls).toBeGreaterThan(15);
      let failed = 0;
      for (let n = 0; n < calls; n++) {
        const serial = String(70_000 + n + errno.charCodeAt(1) * 1000);
        const outcome = issue(place, serial, n, errno)?.outcome;
        if (outcome !== "issued") {
          failed++;
          expect(outcome).toMatch(/^(io|ledger|input|exists)\./);
          expect(filesOf(place, serial).filter((name) => name.endsWith(".crt"))).toEqual([]);
          const { status, stderr } = place.samicerts(["client", serial, "Device"]);
          expect(`${errno} at call ${n} (${outcome}): ${status} ${stderr}`).toMatch(/: 0 $/);
        }
        expectIssued(place, serial);
      }
      expect(failed).toBeGreaterThan(10);
    }, 300_000);
});
