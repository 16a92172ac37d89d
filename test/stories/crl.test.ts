import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect } from "../../src/ledger/sqlite-connection.ts";
import { memorySource } from "../../src/x509/byte-source.ts";
import { type CrlEntry, decodeCrl } from "../../src/x509/crl.ts";
import { readPem } from "../../src/x509/pem.ts";
import { serialValue } from "../../src/x509/serial.ts";
import { formatTime } from "../../src/x509/time.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

const DAY_MS = 86_400_000;

let place: Place;
function begin(): void {
  place = makePlace();
  place.succeed(["root", ROOT_NAME, "--not-before", "2026-01-01"]);
  place.succeed(["client", "100000001", "Lamp"]);
  place.succeed(["client", "100000002", "Kettle"]);
}

function read(path: string) {
  const bytes = readFileSync(place.at(path));
  const der = bytes[0] === 0x30 ? bytes : (readPem(bytes, path)[0]?.der ?? bytes);
  const entries: CrlEntry[] = [];
  const crl = decodeCrl(memorySource(der), path, (entry) => void entries.push(entry));
  return {
    der: Buffer.from(der),
    crl,
    number: Number(crl.known.number),
    entries,
    serials: entries.map(({ serial }) => serialValue(serial).toString()),
  };
}

const publish = (...words: string[]) => JSON.parse(place.succeed(["crl", "--json", ...words]));

describe("crl", () => {
  beforeEach(begin);
  afterEach(() => place.remove());

  it("publishes what was revoked, in both forms", () => {
    place.succeed([
      "revoke",
      "100000001",
      "--reason",
      "keyCompromise",
      "--at",
      "2026-01-02",
      "--invalidity-date",
      "2025-12-03",
    ]);
    place.succeed(["revoke", "100000002"]);
    const before = place.listing();
    const shown = place.succeed(["crl"]);
    const { crl, der, entries, number, serials } = read("root.crl.der");
    expect(shown).toContain("published CRL 1 of MyDevAuthority\n");
    expect(shown).toContain("files    root.crl, PEM\n           root.crl.der, DER\n");
    expect(shown).toContain("revokes  2 certificates\n");
    expect(read("root.crl").der).toEqual(der);
    const made = place.listing().filter((line) => !before.includes(line));
    expect(made.map((line) => line.split(" ").slice(0, 2))).toEqual([
      ["root.crl", "644"],
      ["root.crl.der", "644"],
      ["samicerts.db", "644"],
    ]);
    expect([number, serials, crl.version]).toEqual([1, ["100000001", "100000002"], 2]);
    expect(entries[0]).toMatchObject({
      reason: "keyCompromise",
      revokedMs: Date.UTC(2026, 0, 2),
      invalidityMs: Date.UTC(2025, 11, 3),
    });
    // "unspecified" is said by saying nothing (RFC 5280, 5.3.1).
    expect(entries[1]).not.toHaveProperty("reason");
    expect(crl.known).not.toHaveProperty("expiredCertsFromMs");
    expect((crl.nextUpdate?.epochMs ?? 0) - crl.thisUpdate.epochMs).toBe(30 * DAY_MS);
    expect(place.succeed(["audit", "show", "--kind", "crl-published"])).toContain(
      "number 1, 2 revoked, the next by",
    );
    expect(place.succeed(["audit", "verify", "--quiet"])).toBe("");
  });

  it("numbers every one anew, also with nothing on it", () => {
    expect(place.succeed(["crl"])).toContain("revokes  nothing\n");
    expect(read("root.crl").crl.entries).toMatchObject({ at: expect.anything() as unknown });
    expect(read("root.crl").serials).toEqual([]);
    const second = publish("--next-update", "12h");
    expect(second).toMatchObject({ schema: "samicerts/crl/v1", number: 2, entries: 0, line: null });
    const { crl, der, number } = read("root.crl");
    expect([number, der.length]).toEqual([2, second.octets]);
    expect(formatTime(crl.thisUpdate.epochMs)).toBe(second.thisUpdate);
    expect((crl.nextUpdate?.epochMs ?? 0) - crl.thisUpdate.epochMs).toBe(DAY_MS / 2);
    expect(publish("--next-update", "2999-01-01").nextUpdate).toBe("2999-01-01T00:00:00Z");
    expect(publish("--out", "public.crl", "--format", "der").files).toEqual([
      { path: "public.crl", format: "der" },
    ]);
    expect([read("public.crl").number, read("root.crl").number]).toEqual([4, 3]);
  });

  it("goes on above a CRL whose ledger is older, if that has all that is on it", () => {
    place.succeed(["ledger", "backup", "old.db"]);
    place.succeed(["revoke", "100000001", "--reason", "superseded", "--quiet"]);
    place.succeed(["revoke", "100000002", "--reason", "certificateHold", "--quiet"]);
    publish();
    publish();
    rmSync(place.at("samicerts.db"));
    writeFileSync(place.at("samicerts.db"), readFileSync(place.at("old.db")));
    const before = readFileSync(place.at("root.crl"));
    expect(place.samicerts(["crl"])).toMatchObject({
      status: 3,
      stdout: "",
      stderr: told(
        "root.crl is newer than the ledger, which does not know that 100000001 is revoked",
        "put back the ledger that it was published with; or, if that is lost, revoke them again first",
      ),
    });
    expect(readFileSync(place.at("root.crl"))).toEqual(before);
    place.succeed(["revoke", "100000001", "--reason", "superseded", "--quiet"]);
    expect(publish().number).toBe(3);
    expect(read("root.crl").serials).toEqual(["100000001"]);
  });

  it("keeps what has expired for one CRL more, or for good where the policy says so", () => {
    place.succeed(["revoke", "100000001", "--quiet"]);
    // As it is ten years later.
    const connection = connect(place.at("samicerts.db"), 0);
    connection.exec(`DROP TRIGGER revoked_is_kept; UPDATE revocations SET recorded_ms = recorded_ms - 5000;
      UPDATE certificates SET not_after_ms = ${Date.now() - DAY_MS} WHERE serial = '100000001'`);
    connection.close();
    // It is on one that was made after its end (RFC 5280, 3.3).
    publish();
    expect(read("root.crl").serials).toEqual(["100000001"]);
    publish();
    expect(read("root.crl").serials).toEqual([]);
    const policy = {
      name: "mine",
      title: "x",
      extends: ["sami"],
      issue: { root: { crl: { keepExpired: true } } },
    };
    writeFileSync(place.at("policy.json"), JSON.stringify(policy));
    publish();
    const { serials, crl } = read("root.crl");
    expect(serials).toEqual(["100000001"]);
    expect(crl.known.expiredCertsFromMs).toBeLessThan(Date.now());
  });

  it("is of a line where one is named", () => {
    place.succeed(["intermediate", "line2", "/C=US/O=MyOrg/OU=MyDep/CN=Line2"]);
    place.succeed(["client", "200000000", "OfTheLine", "--line", "line2"]);
    place.succeed(["revoke", "200000000", "--quiet"]);
    rmSync(place.at("root.key"));
    expect(publish("--line", "line2")).toMatchObject({
      number: 1,
      line: "line2",
      issuer: "/C=US/O=MyOrg/OU=MyDep/CN=Line2",
      files: [{ path: "lines/line2/line.crl" }, { path: "lines/line2/line.crl.der" }],
    });
    expect(read("lines/line2/line.crl").serials).toEqual(["200000000"]);
    expect(place.samicerts(["crl"]).status).toBe(5);
    expect(place.samicerts(["crl", "--line", "line3"])).toMatchObject({ status: 3 });
  });

  it("does not write over another authority's", () => {
    publish();
    const other = makePlace();
    try {
      other.succeed(["root", "/C=US/O=Other/CN=Other"]);
      const { status, stderr } = other.samicerts(["crl", "--out", place.at("root.crl")]);
      expect(status).toBe(4);
      expect(stderr).toContain(
        "root.crl is not an earlier CRL of this authority: it is of /C=US/ST=California/",
      );
    } finally {
      other.remove();
    }
  });
});

describe("what can't be done with CRLs", () => {
  beforeAll(begin);
  afterAll(() => place.remove());

  it.each<[string, (at: Place["at"]) => void, string[], number, string]>([
    [
      "to write over what is no CRL",
      (at) => writeFileSync(at("precious.crl"), "precious\n"),
      ["--out", "precious.crl"],
      2,
      "precious.crl holds no CRL: it is neither PEM nor DER",
    ],
    [
      "a symbolic link",
      (at) => {
        writeFileSync(at("elsewhere"), "");
        symlinkSync("elsewhere", at("new.crl"));
        rmSync(at("elsewhere"));
      },
      ["--out", "new.crl"],
      4,
      "new.crl exists already as a symbolic link; it was not touched",
    ],
    [
      "a moment that is past",
      () => undefined,
      ["--next-update", "2020-01-01"],
      2,
      "--next-update 2020-01-01 is not in the future",
    ],
    ["no length of time", () => undefined, ["--next-update", "soon"], 2, '"soon" is not a moment'],
    [
      "a form without a file",
      () => undefined,
      ["--format", "der"],
      2,
      "--format is about --out, which was not given",
    ],
    [
      "a directory that is not there",
      () => undefined,
      ["--out", "x/y.crl"],
      3,
      "the directory of x/y.crl does not exist",
    ],
  ])("writing %s", (_, prepare, words, status, message) => {
    prepare(place.at);
    const before = place.listing().filter((line) => !line.startsWith("samicerts.db"));
    const ended = place.samicerts(["crl", ...words]);
    expect([ended.status, ended.stdout, ended.stderr.split("\n")[0]]).toEqual([
      status,
      "",
      `error: ${message}`,
    ]);
    expect(place.listing().filter((line) => !line.startsWith("samicerts.db"))).toEqual(before);
  });

  it.each([
    ["missing.crl", undefined, "missing.crl does not exist", 3],
    ["root.crt", undefined, "root.crt holds no CRL: it holds CERTIFICATE", 2],
    ["x.crl", "hello", "x.crl holds no CRL: it is neither PEM nor DER", 2],
    [
      "x.crl",
      "0\u0003\u0002\u0001\u0005",
      "x.crl: tbsCertList at byte 2: expected SEQUENCE, found INTEGER",
      2,
    ],
    [".", undefined, ". holds no CRL: it is a directory, a device or a pipe", 2],
  ])("going by %s", (name, text, message, status) => {
    if (text !== undefined) writeFileSync(place.at(name), text);
    const ended = place.samicerts(["verify", "devices", "--crl", name]);
    expect([ended.status, ended.stdout, ended.stderr.split("\n")[0]]).toEqual([
      status,
      "",
      `error: ${message}`,
    ]);
  });
});

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
