import { describe, expect, it } from "vitest";
import { device, root } from "../../../../fixtures/recipes/chains.ts";
import { flawsOf } from "./flaws-of.ts";

const ours = root();
const numbered = (serial: string) => [device(ours, { serial }), ours];
const messages = (id: string, serial: string, parameters = {}): string[] =>
  flawsOf(id, "device", numbered(serial), parameters).map((flaw) => flaw.message);

describe("serial-positive", () => {
  it.each([
    ["01", []],
    ["00ff", []],
    ["00", ["the serial number is zero"]],
    ["ff", ["the serial number is negative"]],
    ["80000000000000000000", ["the serial number is negative"]],
  ])("judges %s", (serial, expected) => {
    expect(messages("serial-positive", serial)).toEqual(expected);
  });
});

describe("serial-octets", () => {
  it.each([
    [
      "7f",
      { minimumOctets: 2, maximumOctets: 20 },
      ["the serial number is too short: its encoding has 1 octet"],
    ],
    ["0080", { minimumOctets: 2, maximumOctets: 20 }, []],
    [`00${"ff".repeat(19)}`, { maximumOctets: 20 }, []],
    [
      `00${"ff".repeat(20)}`,
      { maximumOctets: 20 },
      ["the serial number is too long: its encoding has 21 octets"],
    ],
    ["7f".repeat(40), { minimumOctets: 2 }, []],
    ["7f".repeat(40), {}, []],
  ])("judges %s within %o", (serial, parameters, expected) => {
    expect(messages("serial-octets", serial, parameters)).toEqual(expected);
  });
});

describe("serial-buffer", () => {
  it("counts the number's own octets, without the zero that keeps it positive", () => {
    expect(messages("serial-buffer", `00${"ff".repeat(16)}`, { maximumOctets: 16 })).toEqual([]);
    expect(messages("serial-buffer", `00${"ff".repeat(17)}`, { maximumOctets: 16 })).toHaveLength(1);
  });
});

describe("vendor-device-id", () => {
  it.each([
    ["05f5e101", "^5f5e101$"],
    ["00ff", "^ff$"],
    ["00", "^0$"],
    ["1234", "^1234$"],
  ])("reads %s as lower-case hex without leading zeros", (serial, pattern) => {
    expect(messages("vendor-device-id", serial, { pattern })).toEqual([]);
  });

  it("holds it against the policy's pattern", () => {
    const [flaw] = flawsOf("vendor-device-id", "device", numbered("05f5e101"), { pattern: "^[0-9]+$" });
    expect(flaw).toMatchObject({ expected: "hex digits that match ^[0-9]+$", actual: '"5f5e101"' });
  });
});
