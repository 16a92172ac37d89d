import { readdirSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

const files = (): string[] => readdirSync(place.directory).sort();
const VENDOR = ["root.crt", "root.key", "samicerts.db"];

describe("the vendor's directory after a command", () => {
  it("holds the ledger's one file and nothing beside it, whether the command did its work or not", () => {
    place.succeed(["root", ROOT_NAME]);
    expect(files()).toEqual(VENDOR);
    place.succeed(["client", "100000001", "MyAwesomeDevice"]);
    expect(files()).toEqual(["devices", ...VENDOR]);
    expect(place.samicerts(["client", "100000001", "MyAwesomeDevice"]).status).toBe(4);
    expect(files()).toEqual(["devices", ...VENDOR]);
    expect(place.samicerts(["client", "7", "MyAwesomeDevice"]).status).toBe(1);
    expect(files()).toEqual(["devices", ...VENDOR]);
  });
});

describe("root --force", () => {
  it("makes a new certificate for the key that is there, whatever its name and however often", () => {
    const force = (name: string) => JSON.parse(place.succeed(["root", name, "--force", "--json"]));
    place.succeed(["root", ROOT_NAME]);
    const [first, second, third] = [force(ROOT_NAME), force(ROOT_NAME), force("/C=US/O=MyOrg/CN=Renamed")];
    const serials = [first, second, third].map(({ certificate }) => certificate.serial.decimal);
    expect(new Set(serials).size).toBe(3);
    expect(third.keyCreated).toBe(false);
    place.succeed(["client", "100000001", "MyAwesomeDevice"]);
    expect(place.succeed(["verify"])).toContain("1 compliant");
  });

  it("keeps the name that certificates were issued under, also where root.crt is lost", () => {
    place.succeed(["root", ROOT_NAME]);
    place.succeed(["client", "100000001", "MyAwesomeDevice"]);
    for (const lost of [false, true]) {
      if (lost) rmSync(place.at("root.crt"));
      const before = place.listing().filter((line) => !line.startsWith("samicerts.db"));
      const { status, stderr } = place.samicerts(["root", "/C=US/O=MyOrg/CN=Renamed", "--force"]);
      expect(status).toBe(4);
      expect(stderr).toContain(`error: the root's key has issued certificates as ${ROOT_NAME}: `);
      expect(stderr).toContain(`hint: leave its name as it is: samicerts root ${ROOT_NAME} --force; `);
      expect(place.listing().filter((line) => !line.startsWith("samicerts.db"))).toEqual(before);
    }
    place.succeed(["root", ROOT_NAME, "--force"]);
    expect(place.succeed(["verify"])).toContain("1 compliant");
    // The other way that the hint gives.
    place.succeed(["root", "/C=US/O=MyOrg/CN=Renamed", "--replace"]);
  });
});
