import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;

let place: Place;
function begin(): void {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Lamp"]);
  place.succeed(["client", "100000002", "Kettle"]);
}

const list = (...words: string[]): Record<string, string>[] =>
  JSON.parse(place.succeed(["list", "--json", ...words])).certificates.map(
    (row: { serial: { decimal: string }; state: string; revocation?: { reason: string } }) => ({
      serial: row.serial.decimal,
      state: row.state,
      ...(row.revocation === undefined ? {} : { reason: row.revocation.reason }),
    }),
  );

describe("revoke", () => {
  beforeEach(begin);
  afterEach(() => place.remove());

  it("revokes a certificate once, by its serial", () => {
    const shown = place.succeed(["revoke", "100000001", "--reason", "keyCompromise"]);
    expect(shown).toMatch(
      new RegExp(
        `^revoked Lamp\n {2}serial {2}100000001 \\(0x5f5e101\\)\n {2}reason {2}keyCompromise\n {2}since {3}${TIME}\n` +
          " {2}next {4}samicerts crl, which tells the world\n$",
      ),
    );
    const before = place.listing();
    const again = place.samicerts(["revoke", "0x5f5e101"]);
    expect(again.status).toBe(4);
    expect(again.stdout).toBe("");
    expect(again.stderr).toMatch(
      new RegExp(
        `^error: serial 100000001 \\(0x5f5e101\\) was revoked already, keyCompromise, on ${TIME}\nhint: a certificate is ` +
          "revoked once and for good; the next CRL has it until it has expired\n$",
      ),
    );
    // The ledger has recorded the refusal, and nothing else has changed.
    const changed = place.listing().filter((line) => !before.includes(line));
    expect(changed.map((line) => line.split(" ")[0])).toEqual(["samicerts.db"]);
    expect(list("--state", "revoked")).toEqual([
      { serial: "100000001", state: "revoked", reason: "keyCompromise" },
    ]);
    expect(list("--state", "issued").map(({ serial }) => serial)).toContain("100000002");
    expect(list("--state", "issued").map(({ serial }) => serial)).not.toContain("100000001");
    expect(place.succeed(["list", "--state", "revoked"])).toMatch(
      /100000001 \(0x5f5e101\) {2}Lamp {2}revoked/,
    );
    expect(place.succeed(["audit", "verify", "--quiet"])).toBe("");
  });

  it("revokes by the certificate's file, with dates, as JSON", () => {
    const words = [
      "--at",
      "2026-01-02T03:04:05Z",
      "--invalidity-date",
      "2025-12-01",
      "--reason",
      "superseded",
    ];
    const { schema, certificate, line, revocation, held } = JSON.parse(
      place.succeed(["revoke", "devices/100000002.crt", ...words, "--json"]),
    );
    expect(schema).toBe("samicerts/revoke/v1");
    expect(certificate).toMatchObject({ serial: { decimal: "100000002", lastFour: "0002" } });
    expect([line, held]).toEqual([null, null]);
    expect(revocation).toEqual({
      reason: "superseded",
      since: "2026-01-02T03:04:05Z",
      invalidFrom: "2025-12-01T00:00:00Z",
    });
    const csv = place.succeed(["list", "--format", "csv", "--state", "revoked"]).split("\r\n");
    expect(csv[0]).toContain(",revoked,revocation_reason,");
    expect(csv[1]).toContain(",2026-01-02T03:04:05Z,superseded,");
  });

  it("puts on hold, releases, and makes a revocation of a hold", () => {
    expect(place.succeed(["revoke", "100000001", "--reason", "certificatehold"])).toMatch(
      /^put on hold Lamp\n/,
    );
    expect(list("--state", "revoked")).toMatchObject([{ state: "on hold" }]);
    expect(place.samicerts(["revoke", "100000001", "--reason", "certificateHold"]).status).toBe(4);
    expect(place.succeed(["revoke", "100000001", "--release"])).toMatch(
      new RegExp(`^released Lamp\n {2}serial {7}100000001 .*\n {2}was on hold {2}since ${TIME}\n {2}next`),
    );
    expect(list("--state", "revoked")).toEqual([]);
    expect(place.samicerts(["revoke", "100000001", "--release"])).toMatchObject({
      status: 2,
      stderr: told(
        "serial 100000001 (0x5f5e101) is not on hold",
        "look it up with samicerts list --state revoked",
      ),
    });
    place.succeed(["revoke", "100000001", "--reason", "certificateHold", "--quiet"]);
    expect(place.succeed(["revoke", "100000001", "--reason", "keyCompromise"])).toMatch(
      /was on hold {2}since/,
    );
    const { status, stderr } = place.samicerts(["revoke", "100000001", "--release"]);
    expect(status).toBe(4);
    expect(stderr).toContain("was revoked for good, keyCompromise");
    const kinds = JSON.parse(place.succeed(["audit", "show", "--serial", "100000001", "--json"])).events.map(
      ({ kind }: { kind: string }) => kind,
    );
    expect(kinds.filter((kind: string) => kind !== "refused")).toEqual([
      "issued",
      "revoked",
      "released",
      "revoked",
      "revoked",
    ]);
    expect(place.succeed(["audit", "verify"])).toContain("the record is whole");
  });

  it("tells the issuers of one serial apart", () => {
    place.succeed(["intermediate", "line2", "/C=US/O=MyOrg/OU=MyDep/CN=Line2"]);
    place.succeed(["client", "100000001", "OfTheLine", "--line", "line2"]);
    expect(place.samicerts(["revoke", "100000001"])).toMatchObject({
      status: 2,
      stderr: told(
        "serial 100000001 (0x5f5e101) was issued by the root and by the line line2",
        "name the line with --line, or the certificate's file instead of its serial",
      ),
    });
    const shown = place.succeed(["revoke", "100000001", "--line", "line2"]);
    expect(shown).toMatch(/^revoked OfTheLine\n/);
    expect(shown).toContain("line    line2\n");
    expect(shown).toContain("samicerts crl --line line2, which");
    expect(place.succeed(["revoke", "devices/100000001.crt", "--json"])).toContain('"line": null');
  });
});

describe("what can't be revoked", () => {
  beforeAll(begin);
  afterAll(() => {
    // All of them have left the ledger as it was.
    expect(list("--state", "revoked")).toEqual([]);
    place.remove();
  });

  it.each<[string, string[], number, string, string]>([
    [
      "nothing",
      [],
      2,
      "samicerts revoke needs <certificate>, or --from with a list",
      "for example: samicerts revoke 100000001 --reason keyCompromise",
    ],
    [
      "a serial that was never issued",
      ["77"],
      2,
      "the ledger has no certificate of serial 77 (0x4d)",
      "samicerts list shows those that it has; --ledger names another ledger",
    ],
    [
      "a slip in a serial",
      ["10000001x"],
      2,
      '"10000001x" is neither a serial nor a file that is there',
      "give the serial in digits, or hexadecimal with 0x; or a certificate's file",
    ],
    [
      "a reason that there is not",
      ["100000001", "--reason", "lost"],
      2,
      '"lost" is not a reason to revoke a certificate for',
      "use unspecified, keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, " +
        "certificateHold, privilegeWithdrawn, aACompromise (RFC 5280, 5.3.1)",
    ],
    [
      "a removal",
      ["100000001", "--reason", "removeFromCRL"],
      2,
      '"removeFromCRL" is not a reason to revoke a certificate for',
      "to take a certificate off hold: samicerts revoke <serial> --release",
    ],
    [
      "the future",
      ["100000001", "--at", "2999-01-01"],
      2,
      "2999-01-01T00:00:00Z is in the future",
      "a certificate is revoked now, or was at an earlier moment; check the clock of this machine",
    ],
    [
      "an invalidity date after the revocation",
      ["100000001", "--at", "2026-01-01", "--invalidity-date", "2026-01-02"],
      2,
      "the invalidity date 2026-01-02T00:00:00Z is later than the revocation, 2026-01-01T00:00:00Z",
      "the invalidity date says since when the key may have been known to others: before it was revoked",
    ],
    [
      "a release with a reason",
      ["100000001", "--release", "--reason", "superseded"],
      2,
      "--release and --reason can't be given together",
      "a certificate is taken off hold by its serial or file, and nothing is said of it any more",
    ],
    [
      "a list and a serial",
      ["100000001", "--from", "x.csv"],
      2,
      '--from x.csv names the certificates, and "100000001" another',
      "keep one of them",
    ],
    [
      "the root",
      ["root.crt"],
      2,
      "serial * is a root's, which no CRL of its own can revoke",
      "have it removed wherever it is trusted, and make a new one",
    ],
  ])("refuses %s", (_, words, status, message, hint) => {
    const ended = place.samicerts(["revoke", ...words]);
    expect(ended.stdout).toBe("");
    expect(ended.stderr.replace(/serial \d{20,} \(0x[0-9a-f]+\)/, "serial *")).toBe(told(message, hint));
    expect(ended.status).toBe(status);
  });

  it("is what no ledger knows, and none is made", () => {
    expect(place.samicerts(["revoke", "1", "--dir", "elsewhere"])).toMatchObject({ status: 3, stdout: "" });
    expect(place.listing().some((line) => line.startsWith("elsewhere"))).toBe(false);
  });

  it.each([
    ["serial,why\n1,x\n", 'list.csv:1: the column "why" is unknown'],
    ["reason\nsuperseded\n", "list.csv:1: there is no column serial"],
    ["", "list.csv is empty"],
    ["serial\n", "list.csv has a header and no row after it"],
  ])("is a list like %j", (text, message) => {
    writeFileSync(place.at("list.csv"), text);
    const { status, stderr } = place.samicerts(["revoke", "--from", "list.csv"]);
    expect([status, stderr.split("\n")[0]]).toEqual([2, `error: ${message}`]);
  });

  it("is a list with a row that can't be read, all of it", () => {
    writeFileSync(
      place.at("list.csv"),
      "serial,reason,at\n100000001,,\nx,,\n100000002,lost,\n100000002,,2999-13-01\n",
    );
    const { status, stdout, stderr } = place.samicerts(["revoke", "--from", "list.csv"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr.split("\n").filter((line) => line.startsWith("error: "))).toEqual([
      'error: list.csv:3: "x" is not a serial number',
      'error: list.csv:4: "lost" is not a reason to revoke a certificate for',
      'error: list.csv:5: "2999-13-01" is not a moment',
      "error: list.csv: 3 rows can't be read, so nothing was revoked",
    ]);
    writeFileSync(place.at("list.csv"), "serial,at\n100000001,\n100000002,2999-01-01\n");
    expect(place.samicerts(["revoke", "--from", "list.csv"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(
        "error: list.csv: line 3: 2999-01-01T00:00:00Z is in the future",
      ) as unknown,
    });
  });
});
