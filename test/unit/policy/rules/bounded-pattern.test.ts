import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundedPattern } from "../../../../src/policy/rules/bounded-pattern.ts";

describe("boundedPattern", () => {
  it.each([
    ["^[a-z]+$", "abc", "fits"],
    ["^[a-z]+$", "ab1", "differs"],
    ["^(?:PROD|TEST)-[0-9]{4}$", "TEST-0001", "fits"],
    ["^[a-z]+(-[a-z]+)*$", "one-two-three", "fits"],
    ["^[a-z]+(-[a-z]+)*$", "one--two", "differs"],
    ["^(\\d)\\1$", "77", "fits"],
    ["^(\\d)\\1$", "78", "differs"],
    ["^\\p{Lu}", "É", "fits"],
  ])("%s on %s: %s", (source, text, expected) => {
    expect(boundedPattern(source).match(text)).toBe(expected);
  });

  it("takes no text over 1,024 units, whatever the pattern", () => {
    expect(boundedPattern("^a*$").match("a".repeat(1024))).toBe("fits");
    expect(boundedPattern("^a*$").match("a".repeat(1025))).toBe("too-long");
    expect(boundedPattern("").match("a".repeat(32_768))).toBe("too-long");
  });

  it.each([
    ["^(a+)+$", "a".repeat(1000)],
    ["^(a|a)*$", "a".repeat(1000)],
    ["^(?:a|aa)+$", "a".repeat(1000)],
    ["^(.*a){12}$", "a".repeat(1000)],
    ["^a*a*a*a*a*a*$", "a".repeat(1000)],
    ["^([a-z]+.)+\\1$", "a".repeat(1000)],
  ])("gives up on %s where it would backtrack for ever", (source, text) => {
    expect(boundedPattern(source).match(`${text}!`)).toBe("too-slow");
  });

  it("agrees with the regular expression itself on short text", () => {
    const sources = [
      "^[a-z]+$",
      "^(a|b)*c?$",
      "^[A-Za-z0-9._:-]{0,63}[A-Za-z0-9-]$",
      "^a{2,3}(?:-b)?$",
      "\\.x[\\]-]",
    ];
    const letters = fc.constantFrom("a", "b", "c", "-", ".", "x", "]", "Z", "7", "é");
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.string({ unit: letters, maxLength: 12 }),
        (source, text) => {
          expect(boundedPattern(source).match(text)).toBe(
            new RegExp(source, "u").test(text) ? "fits" : "differs",
          );
        },
      ),
    );
  });
});
