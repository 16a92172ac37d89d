import { describe, expect, it } from "vitest";
import {
  counted,
  hex,
  listing,
  quoted,
  range,
  reissue,
  reissueWith,
} from "../../../../src/policy/rules/wording.ts";

describe("quoted", () => {
  it.each([
    ["plain", '"plain"'],
    ["", '""'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ["\u001b[31mred\n", '"\\u001b[31mred\\n"'],
    ["\u009b31m", '"\\u009b31m"'],
    ["abc\u202egnp.exe", '"abc\\u202egnp.exe"'],
    ["zero\u200bwidth", '"zero\\u200bwidth"'],
    ["한국 é", '"한국 é"'],
  ])("%j", (text, expected) => {
    expect(quoted(text)).toBe(expected);
  });

  it("cuts what is long, and a character in two without harm", () => {
    expect(quoted("a".repeat(64))).toBe(`"${"a".repeat(64)}"`);
    expect(quoted("a".repeat(65))).toBe(`"${"a".repeat(64)}"... (65 characters)`);
    expect(quoted(`${"a".repeat(63)}😀`)).toMatch(/\\ud83d"\.\.\. \(65 characters\)$/);
  });
});

describe("words for lists, counts and ranges", () => {
  it("read as a person writes them", () => {
    expect([listing([]), listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"], "or")]).toEqual([
      "nothing",
      "a",
      "a and b",
      "a, b or c",
    ]);
    expect([counted(0, "octet"), counted(1, "octet"), counted(2, "octet")]).toEqual([
      "0 octets",
      "1 octet",
      "2 octets",
    ]);
    expect([range(1, 64, "octet"), range(8, undefined, "octet"), range(undefined, 20, "octet")]).toEqual([
      "1 to 64 octets",
      "at least 8 octets",
      "at most 20 octets",
    ]);
    expect([range(3, 3, "octet"), range(undefined, undefined, "octet")]).toEqual([
      "3 octets",
      "any number of octets",
    ]);
  });

  it("show octets in hex, the first 32 of many", () => {
    expect(hex(Uint8Array.of(0, 255))).toBe("00ff");
    expect(hex(new Uint8Array())).toBe("no octets");
    expect(hex(new Uint8Array(33))).toBe(`${"00".repeat(32)}... (33 octets)`);
  });
});

describe("hints", () => {
  it("name the command that makes a certificate of the role", () => {
    expect(reissue("root", "so")).toBe("issue it so; `samicerts root` does so under this policy");
    expect(reissueWith("device", "so")).toBe("issue it so: `samicerts client <serial> <name>`");
    expect(reissueWith("intermediate", "so", "--days 9")).toBe(
      "issue it so: `samicerts intermediate <name> <dn> --days 9`",
    );
  });
});
