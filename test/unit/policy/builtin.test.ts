import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openJudge } from "../../../src/open-judge.ts";
import { BUILTIN_POLICIES, BUILTIN_POLICY_NAMES } from "../../../src/policy/builtin.ts";
import { DEFAULT_POLICY } from "../../../src/policy/default-policy.ts";
import { citationFor } from "../../../src/policy/evaluate.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { ROLES } from "../../../src/policy/policy.ts";
import { readPolicy } from "../../../src/policy/read-policy.ts";
import { ruleInForce } from "../../../src/policy/rule-in-force.ts";
import { RULES } from "../../../src/policy/rules/index.ts";
import { parseKeySpec } from "../../../src/x509/algorithms.ts";

const DIRECTORY = new URL("../../../src/policy/policies/", import.meta.url);

const unreadable = (path: string): string => {
  throw new Error(`a built-in policy read ${path}`);
};

describe("the built-in policies", () => {
  it("are the nine that are promised, the default first", () => {
    expect([...BUILTIN_POLICY_NAMES].sort()).toEqual(
      [
        "aws-iot",
        "azure-dps",
        "clearblade",
        "idevid",
        "matter",
        "nist-2030",
        "ocsp-responder",
        "rfc5280",
        "sami",
      ].sort(),
    );
    expect(BUILTIN_POLICY_NAMES[0]).toBe(DEFAULT_POLICY);
    expect(readdirSync(DIRECTORY).sort()).toEqual(BUILTIN_POLICY_NAMES.map((name) => `${name}.json`).sort());
  });

  describe.each(BUILTIN_POLICY_NAMES)("%s", (name) => {
    const policy = loadPolicy(name, unreadable);

    it("is written in the policy language", () => {
      const text = readFileSync(new URL(`${name}.json`, DIRECTORY), "utf8");
      expect(readPolicy(text, `${name}.json`, RULES).document).toEqual(BUILTIN_POLICIES.get(name));
    });

    it("lies on the floor of rfc5280 and never falls below it", () => {
      const floor = loadPolicy("rfc5280", unreadable);
      const rank = ["off", "info", "warning", "error"];
      for (const rule of RULES)
        for (const role of ROLES) {
          const asked = ruleInForce(rule, floor.rules[rule.id], role)?.severity ?? "off";
          const kept = ruleInForce(rule, policy.rules[rule.id], role)?.severity ?? "off";
          expect(rank.indexOf(kept), `${rule.id} ${role}`).toBeGreaterThanOrEqual(rank.indexOf(asked));
        }
      expect(Object.keys(floor.rules).length).toBeGreaterThan(25);
    });

    it("gives a source for every rule, and uses every source it has", () => {
      const document = BUILTIN_POLICIES.get(name);
      const used = new Set(Object.values(policy.rules).map((use) => use.source));
      expect(used.has(undefined)).toBe(false);
      for (const key of Object.keys(document?.sources ?? {})) expect(used).toContain(key);
      for (const rule of RULES) expect(citationFor(rule, policy)).toContain(rule.citation);
    });

    it("says how each role is made, with a key that can be made and is allowed", () => {
      for (const role of ROLES) {
        const issue = policy.issue[role];
        expect(issue?.basicConstraints?.ca).toBe(role !== "device");
        expect(parseKeySpec(issue?.key ?? "")).toEqual({ kind: "ec", curve: "P-256" });
        expect(issue?.noExpiry === true).toBe(issue?.validityDays === undefined);
      }
      expect(policy.issue.device?.subject?.CN).toBe("{name}");
    });

    it("can be bound for every role", () => {
      for (const role of ROLES)
        for (const rule of RULES) {
          const active = ruleInForce(rule, policy.rules[rule.id], role);
          if (active !== undefined)
            expect(rule.bind(active.parameters, role, () => false)).toBeTypeOf("function");
        }
      expect(openJudge(policy).policy).toBe(policy);
    });
  });
});
