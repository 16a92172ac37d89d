import { readdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

describe("an input of which no row can be read", () => {
  it.each([
    ["nothing", "", "is empty"],
    ["a header", "serial,name\n", "has a header and no row after it"],
    ["a quote that is never closed", 'serial,name\n"100001,a\n', ":2: a quote is opened here"],
  ])("%s leaves no batch behind", (_, text, message) => {
    writeFileSync(place.at("d.csv"), text);
    const { status, stdout, stderr } = place.samicerts(["batch", "-", "--out", "a.tar"], { input: text });
    const unchecked = place.samicerts(["batch", "d.csv", "--no-precheck", "--out", "b.tar"]);
    expect({ statuses: [status, unchecked.status], stdout }).toEqual({ statuses: [2, 2], stdout: "" });
    expect(stderr).toContain(message);
    expect(unchecked.stderr).toContain(message);
    expect(readdirSync(place.directory).filter((name) => /^\.?[ab]\.tar/.test(name))).toEqual([]);
    expect(place.succeed(["ledger", "check"])).toContain("agree");
  });

  it("does not hold up what was read before its end", () => {
    const input = 'serial,name\n100001,a\n"100002,b\n';
    const { status } = place.samicerts(["batch", "-", "--out", "a.tar"], { input });
    expect(status).toBe(2);
    expect(place.succeed(["list"])).toContain("100001");
  });
});

describe("a range of serials that are none of the line's", () => {
  const range = (from: string): string[] => ["--count", "3", "--serial-from", from, "--name", "D-{n}"];

  it("is refused before it is begun, and one that is in part the line's is not", () => {
    const serials = ["--serials", "200000-299999"];
    place.succeed(["intermediate", "line2", "/C=US/O=MyOrg/CN=Line2", ...serials]);
    for (const more of [["--out", "a.tar"], []]) {
      const words = ["batch", "--line", "line2", ...range("300000"), ...more];
      const { status, stdout, stderr } = place.samicerts(words);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toBe(
        told(
          "serial 300000 (0x493e0) is not one of the line line2's, which are 200000 to 299999",
          "choose one of this line's serials, or another line with --line",
        ),
      );
    }
    expect(readdirSync(place.directory).filter((name) => /^\.?a\.tar/.test(name))).toEqual([]);
    expect(place.succeed(["ledger", "check"])).toContain("agree");
    const inPart = place.samicerts(["batch", "--line", "line2", ...range("299998")]);
    expect({ status: inPart.status, made: inPart.stdout.split(":")[0] }).toEqual({
      status: 6,
      made: "made 2 devices",
    });
  });
});
