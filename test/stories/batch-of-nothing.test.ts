import { readdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";

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
