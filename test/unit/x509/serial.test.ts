import { describe, expect, it } from "vitest";
import {
  formatSerial,
  MAX_SERIAL_OCTETS,
  parseSerial,
  serialOctets,
  serialValue,
} from "../../../src/x509/serial.ts";

const octets = (digits: string): Uint8Array => Buffer.from(digits, "hex");
const largest = (1n << 159n) - 1n;

describe("parseSerial", () => {
  it.each([
    ["100000001", 100000001n],
    ["1", 1n],
    ["0100", 100n],
    ["0x5f5e101", 100000001n],
    ["0X0A", 10n],
    ["0x00ff", 255n],
    [largest.toString(), largest],
    [`0x7f${"ff".repeat(19)}`, largest],
    [`0x${"00".repeat(20)}01`, 1n],
  ])("takes %s", (text, value) => {
    expect(parseSerial(text)).toBe(value);
  });

  it.each([
    ["", "serial.empty", "100000001"],
    ["0", "serial.zero", "positive"],
    ["000", "serial.zero", "positive"],
    ["0x0", "serial.zero", "positive"],
    ["-1", "serial.negative", "positive"],
    ["-0x1", "serial.negative", "positive"],
    ["5f5e101", "serial.hex-without-prefix", "write 0x5f5e101"],
    ["1e9", "serial.hex-without-prefix", "write 0x1e9"],
    ["BEEF", "serial.hex-without-prefix", "write 0xBEEF"],
    [(largest + 1n).toString(), "serial.too-long", "2^159"],
    [`0x80${"00".repeat(19)}`, "serial.too-long", "2^159"],
    ["9".repeat(1_000_000), "serial.too-long", "2^159"],
    ["0x", "serial.invalid", "0x5f5e101"],
    ["abc", "serial.hex-without-prefix", "write 0xabc"],
    ["xyz", "serial.invalid", "0x5f5e101"],
    ["1_000", "serial.invalid", "write 1000"],
    [" 12", "serial.invalid", "write 12"],
    ["12\n", "serial.invalid", "write 12"],
    ["01:ab:2f", "serial.invalid", "write 0x01ab2f"],
    ["10:00", "serial.invalid", "write 0x1000"],
    ["0x10 00", "serial.invalid", "write 0x1000"],
    ["1.00E+08", "serial.invalid", "spreadsheet"],
    ["1.5", "serial.invalid", "digits"],
    ["+1", "serial.invalid", "digits"],
    ["١٢", "serial.invalid", "digits"],
    ["1n", "serial.invalid", "digits"],
  ])("refuses %.40j", (text, code, hint) => {
    expect(() => parseSerial(text)).toThrow(expect.objectContaining({ kind: "input", code }));
    expect(() => parseSerial(text)).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
    expect(() => parseSerial(text)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,150}$/) }),
    );
  });
});

describe("formatSerial", () => {
  it.each([
    [100000001n, "100000001", "0x5f5e101", "0001"],
    [255n, "255", "0xff", "255"],
    [0n, "0", "0x0", "0"],
    [-128n, "-128", "-0x80", "128"],
  ])("writes %s", (value, decimal, hex, lastFour) => {
    expect(formatSerial(value)).toEqual({ decimal, hex, lastFour });
  });

  it("takes an INTEGER's octets", () => {
    expect(formatSerial(octets("05f5e101"))).toEqual(formatSerial(100000001n));
  });

  it("writes what parseSerial reads back, in both forms", () => {
    for (const value of [1n, 9n, 4096n, largest]) {
      expect(parseSerial(formatSerial(value).decimal)).toBe(value);
      expect(parseSerial(formatSerial(value).hex)).toBe(value);
    }
  });
});

describe("octets", () => {
  it.each([
    ["00", 0n],
    ["7f", 127n],
    ["80", -128n],
    ["0080", 128n],
    ["ff7f", -129n],
    ["7fffffffffff", 2n ** 47n - 1n],
    ["800000000000", -(2n ** 47n)],
    ["007fffffffffff", 2n ** 47n - 1n],
    ["ffffffffffffffffffff", -1n],
    [`00${"ff".repeat(20)}`, 2n ** 160n - 1n],
  ])("%s in two's complement is %s", (digits, value) => {
    expect(serialValue(octets(digits))).toBe(value);
  });

  it("reads a window of a larger buffer", () => {
    expect(serialValue(Uint8Array.of(9, 1, 0, 9).subarray(1, 3))).toBe(256n);
  });

  it.each([
    [1n, "01"],
    [255n, "ff"],
    [256n, "0100"],
    [largest, `7f${"ff".repeat(19)}`],
    [0n, "00"],
  ])("%s is as few octets as can be", (value, digits) => {
    expect(Buffer.from(serialOctets(value)).toString("hex")).toBe(digits);
  });

  it("refuses what has no octets", () => {
    expect(() => serialOctets(-1n)).toThrow(RangeError);
    expect(() => serialValue(new Uint8Array())).toThrow(RangeError);
    expect(serialOctets(largest)).toHaveLength(MAX_SERIAL_OCTETS);
  });
});
