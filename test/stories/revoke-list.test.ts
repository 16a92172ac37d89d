import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

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

describe("revoke --from", () => {
  beforeEach(begin);
  afterEach(() => place.remove());

  const write = (text: string): void => writeFileSync(place.at("stolen.csv"), text);

  it("says which row it can't read, in JSON too, and which is of the future", () => {
    write("serial,at\nabc,\n100000001,\n");
    const { status, stdout } = place.samicerts(["revoke", "--from", "stolen.csv", "--json"]);
    expect([status, JSON.parse(stdout).error.message]).toEqual([
      2,
      'stolen.csv: a row can\'t be read, so nothing was revoked; stolen.csv:2: the serial "abc" has letters in it, so it is not decimal',
    ]);
    write("serial,at\n100000001,2999-01-01\n100000002,\n");
    const later = place.samicerts(["revoke", "--from", "stolen.csv"]);
    expect([later.status, later.stderr.split("\n")[0]]).toEqual([
      2,
      "error: stolen.csv: line 2: 2999-01-01T00:00:00Z is in the future",
    ]);
    expect(list("--state", "revoked")).toEqual([]);
  });

  it("revokes a list, and takes it up again", () => {
    place.succeed(["client", "100000003", "Toaster"]);
    write("serial,reason,at\r\n100000001,keyCompromise,2026-01-02\r\n0x5f5e102,,\r\n");
    const words = ["revoke", "--from", "stolen.csv", "--reason", "superseded"];
    expect(place.samicerts(words)).toMatchObject({
      status: 0,
      stderr: "",
      stdout: "2 certificates: 2 revoked\n  next  samicerts crl, which tells the world\n",
    });
    expect(list("--state", "revoked")).toEqual([
      { serial: "100000001", state: "revoked", reason: "keyCompromise" },
      { serial: "100000002", state: "revoked", reason: "superseded" },
    ]);
    expect(place.succeed(words)).toBe(
      "2 certificates: 0 revoked, 2 were already\n  next  samicerts crl, which tells the world\n",
    );
    write("serial\n100000001\n100000003\n77\n");
    const { status, stdout, stderr } = place.samicerts(["revoke", "--from", "stolen.csv"]);
    expect(status).toBe(6);
    expect(stdout).toBe(
      "3 certificates: 1 revoked, 2 refused\n  next  samicerts crl, which tells the world\n",
    );
    expect(stderr).toBe(
      told(
        "stolen.csv:2: serial 100000001 (0x5f5e101) was revoked already, keyCompromise, on 2026-01-02T00:00:00Z",
        "a certificate is revoked once and for good; the next CRL has it until it has expired",
      ) +
        told(
          "stolen.csv:4: serial 77 (0x4d) was never issued",
          "look the serial up with samicerts list; what another authority issued is for that one to revoke",
        ),
    );
    const json = JSON.parse(place.samicerts([...words, "--json"]).stdout);
    expect(json).toMatchObject({ schema: "samicerts/revoke-list/v1", revoked: 0, already: 0 });
    expect(
      json.refused.map(({ line, error }: { line: number; error: { code: string } }) => [line, error.code]),
    ).toEqual([
      [2, "revocation.duplicate"],
      [3, "revocation.duplicate"],
      [4, "revocation.not-issued"],
    ]);
  });

  it("takes what samicerts list prints", () => {
    writeFileSync(place.at("stolen.csv"), place.succeed(["list", "--name", "Lamp", "--format", "csv"]));
    place.succeed(["revoke", "--from", "stolen.csv", "--reason", "keyCompromise", "--quiet"]);
    expect(list("--state", "revoked").map(({ serial }) => serial)).toEqual(["100000001"]);
  });
});
