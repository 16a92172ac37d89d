import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatTime } from "../../src/x509/time.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

const DAY_MS = 86_400_000;

let place: Place;
function begin(): void {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Lamp"]);
  place.succeed(["client", "100000002", "Kettle"]);
}

const publish = (...words: string[]): string => place.succeed(["crl", "--quiet", ...words]);

describe("verify --crl", () => {
  beforeEach(begin);
  afterEach(() => place.remove());

  const verify = (...words: string[]) => place.samicerts(["verify", ...words]);

  it("asks that a CRL covers each certificate, and does not have it", () => {
    place.succeed(["revoke", "100000001", "--reason", "keyCompromise", "--quiet"]);
    publish();
    for (const crl of ["root.crl", "root.crl.der"]) {
      expect(verify("devices/100000002.crt", "--crl", crl)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining("1 certificate: 1 compliant; policy sami, 1 CRL\n") as unknown,
      });
      const { status, stdout } = verify("devices/100000001.crt", "--crl", crl, "--no-ledger");
      expect(status).toBe(1);
      expect(stdout).toMatch(
        /error revocation\.revoked: it was revoked on [0-9TZ:-]+, reason\n {4}keyCompromise\n/,
      );
      expect(stdout).toContain(`found     on ${crl} since`);
    }
    const { crls, ledger, certificates } = JSON.parse(
      verify("devices", "--crl", "root.crl", "--json").stdout,
    );
    expect([crls, ledger]).toEqual([["root.crl"], "samicerts.db"]);
    expect(certificates.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
      "non-compliant",
      "compliant",
    ]);
  });

  it("is an error where a CRL is missing, out of date or of somebody else", () => {
    place.succeed(["intermediate", "line2", "/C=US/O=MyOrg/OU=MyDep/CN=Line2"]);
    place.succeed(["client", "200000000", "OfTheLine", "--line", "line2"]);
    publish();
    const device = "lines/line2/devices/200000000.crt";
    expect(verify(device, "--crl", "root.crl").stdout).toContain(
      "error revocation.no-crl: there is no CRL of its issuer",
    );
    publish("--line", "line2");
    expect(verify(device, "--crl", "root.crl", "--crl", "lines/line2/line.crl").status).toBe(0);
    const later = formatTime(Date.now() + 31 * DAY_MS);
    expect(verify("devices/100000001.crt", "--crl", "root.crl", "--at", later).stdout).toContain(
      "error revocation.crl-outdated: its issuer's CRL root.crl was to be replaced\n",
    );
    const damaged = Buffer.from(readFileSync(place.at("root.crl.der")));
    damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1;
    writeFileSync(place.at("damaged.crl"), damaged);
    expect(verify("devices/100000001.crt", "--crl", "damaged.crl").stdout).toContain(
      "error revocation.crl-signature:",
    );
  });
});

describe("verify and the ledger", () => {
  beforeEach(begin);
  afterEach(() => place.remove());

  const rules = (...words: string[]): string[] =>
    JSON.parse(place.samicerts(["verify", "--json", ...words]).stdout).certificates.flatMap(
      ({ findings }: { findings: { rule: string; severity: string }[] }) =>
        findings.map(({ rule, severity }) => `${severity} ${rule}`),
    );

  it("asks it where the vendor's root is the anchor, and not elsewhere", () => {
    place.succeed(["revoke", "100000001", "--reason", "keyCompromise", "--at", "2026-02-01", "--quiet"]);
    place.succeed(["revoke", "100000002", "--reason", "certificateHold", "--quiet"]);
    expect(rules("devices/100000001.crt")).toEqual(["error revocation.revoked"]);
    expect(rules("devices/100000002.crt")).toEqual(["error revocation.on-hold"]);
    expect(place.samicerts(["verify"]).status).toBe(1);
    expect(rules("devices/100000001.crt", "--no-ledger")).toEqual([]);
    expect(rules("devices/100000001.crt", "--root", "root.crt")).toEqual([]);
    expect(rules("devices/100000001.crt", "--root", "root.crt", "--ledger", "samicerts.db")).toEqual([
      "error revocation.revoked",
    ]);
    place.succeed(["revoke", "100000002", "--release", "--quiet"]);
    expect(rules("devices/100000002.crt")).toEqual([]);
    expect(place.listing().filter((line) => line.startsWith("samicerts.db")).length).toBe(1);
  });

  it("tells of what it does not know, and of another certificate of the same serial", () => {
    const pem = readFileSync(place.at("devices/100000001.crt"));
    const keyed = readFileSync(place.at("root.key"));
    const other = makePlace();
    try {
      // The same root, another ledger: as after a theft of its key.
      for (const name of ["root.crt", "root.key"])
        writeFileSync(other.at(name), readFileSync(place.at(name)), { mode: 0o600 });
      expect(keyed.length).toBeGreaterThan(0);
      other.succeed(["client", "100000001", "Forged", "--new-ledger"]);
      other.succeed(["client", "100000009", "Unknown"]);
      writeFileSync(other.at("lamp.crt"), pem);
      const ledger = ["--ledger", place.at("samicerts.db")];
      const rulesThere = (file: string): string[] =>
        JSON.parse(other.samicerts(["verify", file, "--json", ...ledger]).stdout).certificates.flatMap(
          ({ findings }: { findings: { rule: string; severity: string }[] }) =>
            findings.map(({ rule, severity }) => `${severity} ${rule}`),
        );
      expect(rulesThere("devices/100000001.crt")).toEqual(["error revocation.other-certificate"]);
      expect(rulesThere("devices/100000009.crt")).toEqual(["warning revocation.not-issued"]);
      expect(rulesThere("lamp.crt")).toEqual([]);
    } finally {
      other.remove();
    }
  });

  it("goes on without it only where that is asked for", () => {
    writeFileSync(place.at("samicerts.db"), "no database");
    const { status, stderr } = place.samicerts(["verify", "devices/100000001.crt"]);
    expect(status).toBe(3);
    expect(stderr).toContain("or verify without asking it what was revoked: --no-ledger");
    expect(place.samicerts(["verify", "devices/100000001.crt", "--no-ledger"]).status).toBe(0);
    expect(place.samicerts(["verify", "--ledger", "x.db"])).toMatchObject({
      status: 3,
      stderr: told("there is no ledger x.db", "check --ledger, or leave it out"),
    });
    expect(place.samicerts(["verify", "--ledger", "x.db", "--no-ledger"]).status).toBe(2);
  });
});
