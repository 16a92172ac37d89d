import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "MyAwesomeDevice", "--days", "30"]);
  place.succeed(["client", "99999999", "=HYPERLINK(1)"]);
  place.succeed(["client", "1000000000", "Kitchen, lamp"]);
});
afterEach(() => place.remove());

const json = (...words: string[]) => JSON.parse(place.succeed(["list", "--json", ...words]));
const serials = (...words: string[]): string[] =>
  json(...words).certificates.map((row: { serial: { decimal: string } }) => row.serial.decimal);

describe("list", () => {
  it("shows what was issued as a table, by serial", () => {
    const lines = place.succeed(["list", "--serial-to", "1000000000"]).split("\n");
    expect(lines.length).toBe(5);
    expect(lines[0]).toMatch(/^SERIAL +NAME +STATE +ENDS +BATCH$/);
    expect(lines[1]).toMatch(/^99999999 \(0x5f5e0ff\) +=HYPERLINK\(1\) +issued +\d{4}-\d\d-\d\d +-$/);
    expect(lines[2]).toMatch(/^100000001 \(0x5f5e101\) +MyAwesomeDevice +issued /);
    expect(lines[3]).toMatch(/^1000000000 /);
  });

  it("shows those that are asked for", () => {
    expect(serials().length).toBe(4);
    expect(serials("--expiring", "90d")).toEqual(["100000001"]);
    expect(serials("--name", "My")).toEqual(["100000001"]);
    expect(serials("--name", "*lamp")).toEqual(["1000000000"]);
    expect(serials("--serial-from", "0x5f5e101", "--serial-to", "1000000000")).toEqual([
      "100000001",
      "1000000000",
    ]);
    expect(serials("--state", "reserved")).toEqual([]);
    expect(serials("--batch", "1")).toEqual([]);
    expect(place.succeed(["list", "--batch", "1"])).toBe("nothing to list\n");
  });

  it("goes on where the page before ended", () => {
    const all = serials();
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 4; page++) {
      const words: string[] = after === null ? [] : ["--after", after];
      seen.push(...serials("--limit", "1", ...words));
      after = json("--limit", "1", ...words).next;
    }
    expect(seen).toEqual(all);
    expect(after).toBeNull();
    const { stdout, stderr } = place.samicerts(["list", "--limit", "2", "--format", "csv"]);
    expect(stdout.split("\r\n").length).toBe(4);
    expect(stderr).toMatch(/^there is more: go on with --after [A-Za-z0-9_-]+\n$/);
  });

  it("writes CSV that a spreadsheet runs nothing of", () => {
    const [head, first, , third] = place
      .succeed(["list", "--format", "csv", "--serial-to", "1000000000"])
      .split("\r\n");
    expect(head).toBe(
      "serial,serial_hex,name,state,issuer,batch,line,renews,reserved,issued,not_before,not_after,revoked,revocation_reason,sha256,spki_sha256",
    );
    expect(first).toMatch(/^99999999,0x5f5e0ff,'=HYPERLINK\(1\),issued,/);
    expect(third).toMatch(/^1000000000,0x3b9aca00,"Kitchen, lamp",issued,/);
  });

  it("says what is wrong with what it was asked", () => {
    expect(place.samicerts(["list", "--after", "x"])).toEqual({
      status: 2,
      signal: null,
      stdout: "",
      stderr: told(
        '"x" is not where a page of this listing ended',
        "give what the page before ended with, and the same filters; or begin anew without it",
      ),
    });
    expect(place.samicerts(["list", "--limit", "0"]).status).toBe(2);
    expect(place.samicerts(["list", "--expiring", "soon"]).status).toBe(2);
    const none = place.samicerts(["list", "--ledger", "none.db"]);
    expect(none.status).toBe(3);
    expect(none.stderr).toContain("there is no ledger none.db");
  });

  it("makes nothing where there is nothing, and leaves nothing", () => {
    const before = place.listing();
    place.samicerts(["list", "--dir", "devices"]);
    place.succeed(["list"]);
    expect(place.listing()).toEqual(before);
  });
});
