import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../src/base/errors.ts";
import { BUILTIN_POLICY_NAMES } from "../../src/policy/builtin.ts";
import { policyDigest } from "../../src/policy/digest.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";

const TEXTS = BUILTIN_POLICY_NAMES.map((name) =>
  readFileSync(new URL(`../../src/policy/policies/${name}.json`, import.meta.url), "utf8"),
);

/** What loading a file of this text comes to: a digest, or the error that names the place. */
function outcome(text: string): string {
  // The damage may make it extend some other file: that one is a good policy, so that what is wrong is wrong in p.json.
  const readText = (path: string): string => (path === "p.json" ? text : (TEXTS[0] as string));
  try {
    return policyDigest(loadPolicy("p.json", readText));
  } catch (error) {
    if (error instanceof SamicertsError) return `${error.code} ${error.message}`;
    throw error;
  }
}

const PLACED = /^policy\.[a-z-]+ p\.json:\d+:\d+: [^\n]+$/;

describe("a policy file that somebody damaged", () => {
  it("is either a policy or an error of one line with file, line and column", () => {
    const outcomes = { loaded: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...TEXTS),
        fc.nat(),
        fc.nat(40),
        fc.oneof(
          fc.string({ maxLength: 6 }),
          fc.constantFrom("{", "}", "[", "]", ",", ":", '"', "null", "0", "-1", "\\u0000"),
        ),
        (text, seed, length, put) => {
          const at = seed % text.length;
          const found = outcome(text.slice(0, at) + put + text.slice(at + length));
          if (/^[0-9a-f]{64}$/.test(found)) outcomes.loaded++;
          else {
            expect(found).toMatch(PLACED);
            outcomes.refused++;
          }
        },
      ),
      { numRuns: 600 },
    );
    expect(outcomes.loaded).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });

  it("names the line on which a value became of the wrong type", () => {
    const lines = TEXTS[0]?.split("\n") ?? [];
    const severities = lines.flatMap((line, index) => (line.includes('"severity": "error"') ? [index] : []));
    expect(severities.length).toBeGreaterThan(10);
    for (const index of severities) {
      const damaged = lines.with(
        index,
        (lines[index] ?? "").replace('"severity": "error"', '"severity": "eror"'),
      );
      expect(outcome(damaged.join("\n"))).toMatch(
        new RegExp(
          `^policy\\.value p\\.json:${index + 1}:\\d+: rules\\.[a-z.-]+severity: must be one of error, warning, info, off$`,
        ),
      );
    }
  });
});
