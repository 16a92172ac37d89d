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

  it("going by what is no CRL says that it is in the way", () => {
    writeFileSync(place.at("way.crl"), "hello");
    expect(place.samicerts(["crl", "--out", "way.crl"]).stderr).toBe(
      told(
        "way.crl holds no CRL: it is neither PEM nor DER",
        "only an earlier CRL is replaced: move it away, or write the CRL elsewhere with --out",
      ),
    );
    expect(place.samicerts(["crl", "--out", "-"]).status).toBe(2);
    expect(place.listing().some((line) => line.startsWith("- "))).toBe(false);
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
