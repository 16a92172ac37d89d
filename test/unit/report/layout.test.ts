import { describe, expect, it } from "vitest";
import {
  count,
  cut,
  displayWidth,
  fieldLines,
  fill,
  hang,
  padTo,
  visible,
  wrap,
} from "../../../src/report/layout.ts";
import { nameParts, shortName } from "../../../src/report/subject.ts";

describe("visible", () => {
  it("leaves readable text of any script as it is", () => {
    for (const text of ["MyAwesomeDevice", "Gerät 4 (außen)", "装置", "устройство", "🔑"])
      expect(visible(text)).toBe(text);
  });

  it("writes out what would steer a terminal or hide in a name", () => {
    expect(visible("a\x1b[31mb")).toBe("a\\x1b[31mb");
    expect(visible("a\r\nb\tc\u0000")).toBe("a\\x0d\\x0ab\\x09c\\x00");
    expect(visible("evil\u202eexe")).toBe("evil\\u202eexe");
    expect(visible("a\u200bb\ufeff\u2028\u0085")).toBe("a\\u200bb\\ufeff\\u2028\\x85");
    expect(visible("\ud800")).toBe("\\ud800");
  });
});

describe("widths", () => {
  it("counts columns, not code units", () => {
    expect(displayWidth("abc")).toBe(3);
    expect(displayWidth("é")).toBe(1);
    expect(displayWidth("e\u0301")).toBe(1);
    expect(displayWidth("装置")).toBe(4);
    expect(displayWidth("🔑")).toBe(2);
  });

  it("fills up to a width and never cuts", () => {
    expect(padTo("装", 4)).toBe("装  ");
    expect(padTo("abcdef", 4)).toBe("abcdef");
  });
});

describe("wrapping", () => {
  it("breaks at spaces and keeps long words whole", () => {
    expect(wrap("one two three four", 9)).toEqual(["one two", "three", "four"]);
    expect(wrap("see devices/100000001.crt now", 10)).toEqual(["see", "devices/100000001.crt", "now"]);
    expect(wrap("", 10)).toEqual([""]);
  });

  it("hangs further lines under the first", () => {
    expect(hang("  rule: ", "aaaa bbbb cccc dddd eeee", 28)).toEqual([
      "  rule: aaaa bbbb cccc dddd",
      "        eeee",
    ]);
  });

  it.each([
    [
      "CN=My\\, Device,OU=A\\\\,O=MyOrg,ST=California,C=US",
      ["CN=My\\, Device,", "OU=A\\\\,O=MyOrg,", "ST=California,", "C=US"],
    ],
    [
      "/C=US/ST=California/O=My, Org/CN=a\\/b\\\\/OU=c",
      ["/C=US", "/ST=California", "/O=My, Org", "/CN=a\\/b\\\\/OU=c"],
    ],
  ])("breaks the name %s between its parts and puts nothing in", (name, expected) => {
    const lines = fill(nameParts(name), 16);
    expect(lines).toEqual(expected);
    expect(lines.join("")).toBe(name);
  });

  it("never loses a part of a name, however odd", () => {
    for (const name of ["/", "a", "\\", "/\\", ",,", "/C=US\\", "CN=a\\", "/CN=a\nb/O=c"])
      expect(nameParts(name).join("")).toBe(name);
  });

  it("cuts hex into pieces that join to the same", () => {
    expect(cut("0123456789", 4)).toEqual(["0123", "4567", "89"]);
    expect(cut("", 4)).toEqual([""]);
  });
});

describe("fields", () => {
  it("aligns values and wraps them", () => {
    expect(
      fieldLines(
        [
          ["key", "ec:P-256"],
          ["serial", ["1", "2"]],
          ["note", "aaaa bbbb cccc dddd eeee ffff"],
        ],
        2,
        30,
      ),
    ).toEqual([
      "  key     ec:P-256",
      "  serial  1",
      "          2",
      "  note    aaaa bbbb cccc dddd",
      "          eeee ffff",
    ]);
    expect(fieldLines([])).toEqual([]);
  });

  it("counts with nouns", () => {
    expect(count(1, "certificate")).toBe("1 certificate");
    expect(count(100000, "certificate")).toBe("100,000 certificates");
    expect(count(1234567, "entry", "entries")).toBe("1,234,567 entries");
  });
});

describe("shortName", () => {
  it.each([
    ["CN=MyAwesomeDevice,O=MyOrg,C=US", "MyAwesomeDevice"],
    ["C=US,O=MyOrg,CN=A\\, B", "A, B"],
    ["O=Org+CN=x", "x"],
    ["O=CNX,C=US", "O=CNX,C=US"],
    ["/C=US/O=MyOrg/CN=MyAwesomeDevice", "MyAwesomeDevice"],
    ["/C=US/O=a\\/CN=b/CN=A, B", "A, B"],
    ["/serialNumber=7+CN=x", "x"],
    ["/O=CN=x", "/O=CN=x"],
    ["CN=\\0a", "\\0a"],
    ["CN=#0c0141", "CN=#0c0141"],
    ["", "(empty name)"],
  ])("calls %j %j", (subject, name) => {
    expect(shortName(subject)).toBe(name);
  });
});
