import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../src/base/errors.ts";
import type { Finding } from "../../src/base/finding.ts";
import { openJudge } from "../../src/open-judge.ts";
import { BUILTIN_POLICY_NAMES } from "../../src/policy/builtin.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { ROLES } from "../../src/policy/policy.ts";
import { type Certificate, decodeCertificate } from "../../src/x509/certificate.ts";
import { readPem } from "../../src/x509/pem.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures/certificates");
const JUDGES = BUILTIN_POLICY_NAMES.map((name) =>
  openJudge(loadPolicy(name, (path) => readFileSync(path, "utf8"))),
);

const ORIGINALS: readonly Uint8Array[] = readdirSync(FIXTURES)
  .flatMap((rule) =>
    ["pass.pem", "fail.pem"].flatMap((name) => {
      const file = join(FIXTURES, rule, name);
      return readPem(readFileSync(file), file).map((block) => block.der);
    }),
  )
  .filter((der) => der.length < 4096);

/** Decodes a damaged certificate; undefined where it is none any more. */
function decode(der: Uint8Array): Certificate | undefined {
  try {
    return decodeCertificate(der);
  } catch (error) {
    if (error instanceof SamicertsError) return undefined;
    throw error;
  }
}

const damaged = fc
  .record({
    original: fc.constantFrom(...ORIGINALS),
    changes: fc.array(fc.record({ at: fc.nat(4096), octet: fc.nat(255) }), { maxLength: 3 }),
  })
  .map(({ original, changes }) => {
    const der = Uint8Array.from(original);
    for (const { at, octet } of changes) der[at % der.length] = octet;
    return der;
  });

/** What is wrong with a finding's own words; undefined where nothing is. */
function defectOf(finding: Finding): string | undefined {
  const { message, expected, actual, citation, hint } = finding;
  for (const text of [message, expected, actual, citation, hint])
    if (text.trim() === "" || /\n|undefined|\[object|NaN/.test(text)) return `${finding.rule}: "${text}"`;
  return undefined;
}

describe("the rules of every built-in policy", () => {
  it("judge whatever decodes, in every role, with and without an issuer, and say something in every finding", () => {
    let judged = 0;
    const found = new Set<string>();
    fc.assert(
      fc.property(
        damaged,
        fc.constantFrom(...ORIGINALS),
        fc.nat(4_102_444_800),
        (der, issuerDer, seconds) => {
          const certificate = decode(der);
          if (certificate === undefined) return;
          judged++;
          const issuer = decodeCertificate(issuerDer);
          const places = [{}, { issuer, path: [certificate, issuer] }];
          const findings = JUDGES.flatMap((judge) =>
            ROLES.flatMap((role) =>
              places.flatMap((place) =>
                judge.evaluate({ certificate, role, atMs: seconds * 1000, ...place }),
              ),
            ),
          );
          for (const finding of findings) found.add(finding.rule);
          expect(findings.map(defectOf).filter((defect) => defect !== undefined)).toEqual([]);
        },
      ),
      { numRuns: 3000 },
    );
    expect(judged).toBeGreaterThan(500);
    expect(found.size).toBeGreaterThan(40);
  });
});
