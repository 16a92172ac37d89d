import { describe, expect, it } from "vitest";
import { read } from "./walk.ts";

describe("NDJSON's rows", () => {
  it("are read with their lines and their text as it was written", () => {
    const text =
      ' {"name":"a","serial":"100"}\r\n\n{"serial": 730750818665451459101842416358141509827966271487, "name":"\\u00e9\\n", "days":30,"key":null}\n';
    for (const pieceLength of [1, 10, 1000]) {
      const { rows, rejected, failure } = read(text, "ndjson", { pieceLength });
      expect({ rejected, failure }).toEqual({ rejected: [], failure: undefined });
      expect(rows).toMatchObject([
        { line: 1, raw: ' {"name":"a","serial":"100"}', serial: 100n, name: "a" },
        { line: 3, serial: 2n ** 159n - 1n, name: "é\n", days: 30 },
      ]);
      expect(rows[1]).not.toHaveProperty("key");
    }
  });

  it.each([
    ['{"serial":1,"name":"a","serial":2}', "input.duplicate-key", '"serial"'],
    ['{"serial":1,"name":"a","n\\u0061me":"b"}', "input.duplicate-key", '"name"'],
    ['{"serial":1,"nmae":"a"}', "input.unknown-key", '"nmae"'],
    ['{"serial":1,"name":"a","__proto__":"b"}', "input.unknown-key", "__proto__"],
    ['{"serial":1,"Name":"a"}', "input.unknown-key", '"Name"'],
    ['{"serial":1,"name":{"a":1}}', "input.nested", '"name"'],
    ['{"serial":1,"name":["a"]}', "input.nested", "array"],
    ['{"serial":1,"name":5}', "input.wrong-type", "number 5"],
    ['{"serial":true,"name":"a"}', "input.wrong-type", "boolean true"],
    ['{"serial":1.5,"name":"a"}', "serial.invalid", "1.5"],
    ['{"serial":-1,"name":"a"}', "serial.negative", "-1"],
    ['{"serial":01,"name":"a"}', "input.not-json", "column 12"],
    ['{"serial":1}', "input.no-name", "name"],
    ['{"name":"a"}', "serial.empty", "serial"],
    ["{}", "serial.empty", "serial"],
    ['{"serial":null,"name":"a"}', "serial.empty", "serial"],
    ["[]", "input.not-json", "column 1"],
    ["{", "input.not-json", "line ends"],
    ['{"serial":1,"name":"a"', "input.not-json", "line ends"],
    ['{"serial":1,"name":"a"}}', "input.not-json", "end"],
    ['{"serial":1,"name":"a",}', "input.not-json", "string"],
    ['{"serial":1,"name":"a\tb"}', "input.not-json", "column 20: the string"],
    ['{"serial":1,"name":"\\x"}', "input.not-json", "column 20: the string"],
    ['{"serial":1,"name":"a}', "input.not-json", "not closed"],
    ['{"serial":1 "name":"a"}', "input.not-json", 'there is "\\""'],
    ["{'serial':1}", "input.not-json", "string"],
    ["x\0y", "input.not-json", "column 1"],
  ])("are refused one by one where they are wrong: %s", (line, code, says) => {
    const { rows, rejected, failure } = read(
      `{"serial":7,"name":"x"}\n${line}\n{"serial":8,"name":"y"}\n`,
      "ndjson",
    );
    expect(failure).toBeUndefined();
    expect(rows.map(({ serial }) => serial)).toEqual([7n, 8n]);
    expect(rejected).toMatchObject([{ line: 2, raw: line, error: { kind: "input", code } }]);
    expect(rejected[0]?.error.message).toContain(says);
  });

  it("must not have half a surrogate pair in a name", () => {
    const { rejected } = read('{"serial":1,"name":"\\ud800"}\n', "ndjson", { checkRow: undefined as never });
    expect(rejected).toMatchObject([{ error: { code: "name.charset" } }]);
  });

  it("are read on after a line of 10 MB, and after one that is not UTF-8", () => {
    const bytes = Buffer.concat([
      Buffer.from(`{"serial":1,"name":"${"x".repeat(10_000_000)}"}\n{"serial":2,"name":"`),
      Buffer.from([0xff]),
      Buffer.from('"}\n{"serial":3,"name":"c"}'),
    ]);
    for (const pieceLength of [1000, 1 << 24]) {
      const { rows, rejected } = read(bytes, "ndjson", { pieceLength });
      expect(rows).toMatchObject([{ line: 3, serial: 3n }]);
      expect(rejected).toMatchObject([
        { line: 1, truncated: true, error: { code: "input.record-too-long" } },
        { line: 2, error: { code: "input.not-utf8" } },
      ]);
      expect(rejected[0]?.raw?.length).toBe(65_536);
      expect(Buffer.from(rejected[1]?.rawBytes ?? []).toString("latin1")).toBe('{"serial":2,"name":"\xff"}');
    }
  });
});
