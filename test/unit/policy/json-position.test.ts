import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import {
  jsonPosition,
  jsonValue,
  MAX_JSON_DEPTH,
  MAX_JSON_LENGTH,
  readJson,
} from "../../../src/policy/json-position.ts";

function refusal(text: string): { code: string; message: string } {
  try {
    readJson(text, "p.json");
  } catch (error) {
    if (error instanceof SamicertsError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error(`${text} was read`);
}

describe("readJson", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        const expected: unknown = JSON.parse(text);
        expect(jsonValue(readJson(text, "p.json"))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("reads a built-in policy as JSON.parse does", () => {
    const text = readFileSync(new URL("../../../src/policy/policies/sami.json", import.meta.url), "utf8");
    expect(jsonValue(readJson(text, "sami.json"))).toEqual(JSON.parse(text));
  });

  it("refuses what JSON.parse refuses, and nothing else, over damaged documents", () => {
    const text = '{"a": [1, -2.5e3, true, null, "x\\u00e9\\n"], "b": {"c": false}}';
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'{}[]:,"\\0-.eEtu \n\u0001'), (at, wrong) => {
        const damaged = text.slice(0, at) + wrong + text.slice(at + 1);
        let expected: unknown;
        try {
          expected = JSON.parse(damaged);
        } catch {
          expect(refusal(damaged).code).toMatch(/^policy\.(syntax|duplicate-key)$/);
          return;
        }
        if (damaged.match(/"a"/g)?.length === 2) return;
        expect(jsonValue(readJson(damaged, "p.json"))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["", "1:1: expected a value, found the end of the file"],
    ["{\n  'a': 1\n}", '2:3: expected a key in double quotes, found "\'"'],
    ['{"a": 1,\n}', '2:1: a "," stands before the "}"'],
    ['{"a" 1}', '1:6: expected ":" after the key, found "1"'],
    ['{"a": 1 "b": 2}', '1:9: expected "," or "}", found "\\""'],
    ['{"a": 01}', "1:7: the number is not written as JSON writes numbers"],
    ['{"a": 1e999}', "1:7: the number is not written as JSON writes numbers"],
    ['{"a": tru}', '1:7: expected a value, found "t"'],
    ['{"a": "x', "1:7: the string is not closed"],
    ['{"a": "x\ny"}', '1:9: a string does not hold "\\n" unescaped'],
    ['{"a": "\\x"}', '1:8: "\\\\x" is no escape'],
    ['{"a": "\\ud800"}', "1:7: the string holds half a surrogate pair"],
    ["{} {}", '1:4: the document ended before "{"'],
    ["[1,]", '1:4: a "," stands before the "]"'],
  ])("says where %j is wrong", (text, message) => {
    expect(refusal(text)).toEqual({ code: "policy.syntax", message: `p.json:${message}` });
  });

  it("refuses a key that is there twice, at the second place", () => {
    expect(refusal('{"a": 1,\n "\\u0061": 2}')).toEqual({
      code: "policy.duplicate-key",
      message: 'p.json:2:2: the key "a" is there twice',
    });
  });

  it("keeps __proto__ as a key like any other", () => {
    const value = jsonValue(readJson('{"__proto__": {"polluted": true}}', "p.json"));
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it("reads behind a byte order mark, and counts columns without it", () => {
    expect(jsonValue(readJson("\uFEFF[1]", "p.json"))).toEqual([1]);
    expect(refusal("\uFEFF[x]").message).toBe('p.json:1:2: expected a value, found "x"');
  });

  it("bounds depth and length", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(readJson(nested(MAX_JSON_DEPTH), "p.json").kind).toBe("array");
    expect(refusal(nested(MAX_JSON_DEPTH + 1)).code).toBe("policy.depth");
    expect(refusal("[".repeat(MAX_JSON_LENGTH)).code).toBe("policy.depth");
    const longest = `"${"x".repeat(MAX_JSON_LENGTH - 2)}"`;
    expect(readJson(longest, "p.json").kind).toBe("string");
    expect(refusal(`${longest} `).code).toBe("policy.size");
  });
});

describe("jsonPosition", () => {
  it("counts lines and columns from one", () => {
    const text = "ab\ncd\n\ne";
    const positions = [...text].map((_, offset) => jsonPosition(text, offset));
    expect(positions).toEqual(["1:1", "1:2", "1:3", "2:1", "2:2", "2:3", "3:1", "4:1"]);
  });
});
