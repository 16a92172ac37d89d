import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";
import { refuse } from "./refuse.ts";

describe("a device with bad words", () => {
  let place: Place;
  beforeAll(() => {
    place = makePlace();
    place.succeed(["root", ROOT_NAME]);
    place.succeed(["client", "100000001", "MyAwesomeDevice"]);
  });
  afterAll(() => place.remove());

  const digits = "give digits, such as 100000001, or hexadecimal with 0x, such as 0x5f5e101";
  it.each<[string, string, string]>([
    ["0", 'the serial "0" is zero', "give a positive number (RFC 5280, 4.1.2.2)"],
    ["0x0", 'the serial "0x0" is zero', "give a positive number (RFC 5280, 4.1.2.2)"],
    ["-5", 'the serial "-5" is negative', "give a positive number"],
    [
      "5f5e101",
      'the serial "5f5e101" has letters in it, so it is not decimal',
      "if it is hexadecimal, write 0x5f5e101",
    ],
    ["", "the serial is empty", digits],
    ["1.5", '"1.5" is not a serial number', digits],
    [
      `0x${"01".repeat(21)}`,
      `the serial "0x${"01".repeat(21)}" is longer than 20 octets`,
      "give a number below 2^159 (RFC 5280, 4.1.2.2)",
    ],
  ])("the serial %j", (serial, message, hint) => {
    refuse(place, ["client", serial, "x"], 2, message, hint);
  });

  it("a serial that was used, in either form", () => {
    const used = /^error: serial 100000001 \(0x5f5e101\) was issued already, to "MyAwesomeDevice" at /;
    refuse(place, ["client", "100000001", "Other"], 4, used, /^hint: an issuer uses a serial once/);
    refuse(place, ["client", "0x5f5e101", "MyAwesomeDevice"], 4, used, /^hint: an issuer uses a serial once/);
    rmSync(place.at("devices/100000001.crt"));
    rmSync(place.at("devices/100000001.key"));
    refuse(place, ["client", "100000001", "MyAwesomeDevice"], 4, used, /^hint: an issuer uses a serial once/);
  });

  it("a serial too short for the platform", () => {
    refuse(
      place,
      ["client", "7", "x"],
      1,
      /\[serial-octets\]$/,
      /serial number from 128 on: `samicerts client <serial> <name>`$/,
    );
  });

  it("a name that is empty", () => {
    refuse(
      place,
      ["client", "100000002", ""],
      2,
      "the device's name is empty",
      "give it one, as in samicerts client 100000001 MyAwesomeDevice",
    );
  });

  it("a name of 65 characters", () => {
    refuse(
      place,
      ["client", "100000002", "x".repeat(65)],
      2,
      `CN "${"x".repeat(40)}..." has 65 characters, of 64 that RFC 5280 allows it`,
      "shorten it to 64 characters",
    );
    const { stdout } = place.samicerts(["client", "100000002", "x".repeat(65), "--json"]);
    expect(JSON.parse(stdout).error).toMatchObject({ code: "name.too-long", kind: "input" });
  });

  it("a key that the policy refuses", () => {
    refuse(
      place,
      ["client", "100000002", "x", "--key", "ec:P-521"],
      1,
      /\[key-algorithm\]$/,
      /--key ec:P-256/,
    );
    refuse(
      place,
      ["client", "100000002", "x", "--key", "rsa:512"],
      2,
      "an RSA key of 512 bits can't be made",
      /rsa:2048/,
    );
  });

  it("a validity beyond the root's", () => {
    refuse(
      place,
      ["client", "100000002", "x", "--days", "36500"],
      1,
      /^error: the certificate would be valid until .*, its issuer only until /,
      /--days \d+/,
    );
    refuse(
      place,
      ["client", "100000002", "x", "--not-before", "2000-01-01"],
      1,
      /^error: the certificate would be valid from 2000-01-01T00:00:00Z, its issuer only from /,
      /--not-before/,
    );
  });

  it("a file of somebody else's where the device's should go", () => {
    writeFileSync(place.at("devices/100000003.key"), "mine");
    refuse(place, ["client", "100000003", "x"], 4, /^error: devices\/100000003\.key exists already/, /./);
    expect(readFileSync(place.at("devices/100000003.key"), "utf8")).toBe("mine");
  });
});
