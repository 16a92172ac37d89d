import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Expectation, fixtureFiles } from "../../../../fixtures/recipes/files.ts";
import { judgedFor } from "../../../../fixtures/recipes/judged.ts";
import { openJudge, openKnownKeys } from "../../../../src/open-judge.ts";
import { loadPolicy } from "../../../../src/policy/load-policy.ts";
import type { Flaw, Judged, Rule } from "../../../../src/policy/rule.ts";
import { RULES } from "../../../../src/policy/rules/index.ts";
import { decodeCertificate } from "../../../../src/x509/certificate.ts";
import { readPem } from "../../../../src/x509/pem.ts";
import { verifySignature } from "../../../../src/x509/signature.ts";

const FIXTURES = join(import.meta.dirname, "../../../../fixtures/certificates");

function expectationOf(rule: string): Expectation {
  return JSON.parse(readFileSync(join(FIXTURES, rule, "expect.json"), "utf8")) as Expectation;
}

function judged(expectation: Expectation, which: "pass" | "fail"): Judged {
  const { certificate, issuers } = expectation[which];
  const chain = [certificate, issuers].flatMap((name) => {
    if (name === null) return [];
    const file = join(FIXTURES, expectation.rule, name);
    return readPem(readFileSync(file), file).map((block) => decodeCertificate(block.der, file));
  });
  return judgedFor(chain, expectation.role);
}

function flawsOf(rule: Rule, expectation: Expectation, which: "pass" | "fail"): readonly Flaw[] {
  const check = rule.bind(expectation.parameters, expectation.role, openKnownKeys());
  return [check(judged(expectation, which)) ?? []].flat();
}

describe("the fixtures", () => {
  it("hold one folder for every rule and no other", () => {
    expect(RULES.length).toBeGreaterThan(50);
    expect(readdirSync(FIXTURES).sort()).toEqual(RULES.map((rule) => rule.id).sort());
  });

  it("are what the recipes make", () => {
    for (const [path, text] of fixtureFiles())
      expect(readFileSync(join(FIXTURES, path), "utf8"), path).toBe(text);
  });
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  const expectation = expectationOf(id);

  it("has nothing to say about pass.pem", () => {
    expect(rule.roles).toContain(expectation.role);
    expect(flawsOf(rule, expectation, "pass")).toEqual([]);
  });

  it("has a pass.pem that its issuer signed", () => {
    const { certificate, issuer } = judged(expectation, "pass");
    const { tbs, outerAlgorithm, signature } = certificate;
    expect(issuer && verifySignature(tbs, outerAlgorithm, signature, issuer.publicKey)).toEqual({ ok: true });
  });

  it("says what is wrong with fail.pem, what it should be, what it is and how to mend it", () => {
    const flaws = flawsOf(rule, expectation, "fail");
    expect(flaws).toEqual(expectation.fail.flaws);
    expect(flaws.length).toBeGreaterThan(0);
    for (const flaw of flaws) {
      for (const text of [flaw.message, flaw.expected, flaw.actual, flaw.hint])
        expect(text).toMatch(/^\S.*\S$|^\S$/);
      expect(flaw.expected).not.toBe(flaw.actual);
    }
  });

  it("is the finding that its policy has about fail.pem, and pass.pem has none", () => {
    const judge = openJudge(loadPolicy(expectation.policy, (path) => readFileSync(path, "utf8")));
    expect(judge.evaluate(judged(expectation, "pass"))).toEqual([]);
    const findings = judge.evaluate(judged(expectation, "fail"));
    expect([...new Set(findings.map((finding) => finding.rule))]).toEqual(expectation.fail.findings);
    const own = findings.filter((finding) => finding.rule === id);
    expect(own.map(({ message, expected, actual, hint }) => ({ message, expected, actual, hint }))).toEqual(
      expectation.fail.flaws,
    );
    for (const finding of own) expect(finding.citation).toContain(rule.citation);
  });
});
