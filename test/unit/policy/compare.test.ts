import { describe, expect, it } from "vitest";
import { comparePolicies } from "../../../src/policy/compare.ts";
import { describePolicy } from "../../../src/policy/describe.ts";
import { policyDigest } from "../../../src/policy/digest.ts";
import type { IssueDefaults, Policy, RuleUse } from "../../../src/policy/policy.ts";
import { SAMPLE_RULES } from "./sample-rules.ts";

const DEVICE: IssueDefaults = {
  key: "ec:P-256",
  hash: "sha256",
  validityDays: 10,
  backdateSeconds: 60,
  serialOctets: 16,
};

function policy(rules: Readonly<Record<string, RuleUse>>, issue: Policy["issue"] = {}): Policy {
  return { name: "x", title: "X", extends: [], sources: { s: "The platform" }, issue, rules };
}

const length = { severity: "error", parameters: { maximum: 1 } } as const;

describe("comparePolicies", () => {
  const compare = (a: Policy, b: Policy): unknown => comparePolicies(a, b, SAMPLE_RULES);

  it("finds nothing between a policy and itself", () => {
    const same = policy({ length, present: { severity: "info" } }, { device: DEVICE });
    expect(compare(same, structuredClone(same))).toEqual([]);
  });

  it("tells rules that come and go, off counting as not there", () => {
    const a = policy({ length: { ...length, severity: "off" }, present: { severity: "error" } });
    const b = policy({ length, present: { severity: "error", roles: { root: "off" } } });
    expect(compare(a, b)).toEqual([
      {
        kind: "rule-added",
        rule: "length",
        roles: ["root", "intermediate", "device"],
        severity: "error",
        parameters: { maximum: 1 },
      },
      { kind: "rule-removed", rule: "present", roles: ["root"], severity: "error", parameters: {} },
    ]);
  });

  it("tells severities and parameters, grouping the roles that differ alike", () => {
    const a = policy({ length });
    const b = policy({
      length: {
        severity: "warning",
        parameters: { maximum: 1 },
        roles: { device: { parameters: { maximum: 2 } } },
      },
    });
    expect(compare(a, b)).toEqual([
      {
        kind: "severity",
        rule: "length",
        roles: ["root", "intermediate", "device"],
        from: "error",
        to: "warning",
      },
      { kind: "parameters", rule: "length", roles: ["device"], from: { maximum: 1 }, to: { maximum: 2 } },
    ]);
  });

  it("does not tell parameters written in another order", () => {
    const use = (parameters: Record<string, unknown>): Policy =>
      policy({ length: { severity: "error", parameters } });
    expect(compare(use({ maximum: 1, note: "n" }), use({ note: "n", maximum: 1 }))).toEqual([]);
  });

  it("tells issue defaults that change, come and go", () => {
    const { validityDays, ...rest } = DEVICE;
    const a = policy({}, { device: DEVICE });
    const b = policy(
      {},
      { device: { ...rest, key: "ec:P-384", noExpiry: true }, root: { ...DEVICE, extKeyUsage: [] } },
    );
    const differences = comparePolicies(a, b, SAMPLE_RULES);
    expect(differences.filter((d) => d.kind === "issue" && d.role === "device")).toEqual([
      { kind: "issue", role: "device", key: "key", from: "ec:P-256", to: "ec:P-384" },
      { kind: "issue", role: "device", key: "validityDays", from: validityDays, to: undefined },
      { kind: "issue", role: "device", key: "noExpiry", from: undefined, to: true },
    ]);
    expect(differences).toContainEqual({
      kind: "issue",
      role: "root",
      key: "extKeyUsage",
      from: undefined,
      to: [],
    });
  });
});

describe("describePolicy", () => {
  it("lays open the rules in force, in their order, role by role", () => {
    const described = policy(
      {
        "device-only": { severity: "info" },
        present: { severity: "off" },
        length: {
          severity: "error",
          source: "s",
          note: "ours",
          parameters: { maximum: 1 },
          roles: { root: "off", device: { severity: "info" } },
        },
      },
      { device: DEVICE },
    );
    expect(describePolicy(described, SAMPLE_RULES)).toEqual({
      name: "x",
      title: "X",
      digest: policyDigest(described),
      extends: [],
      sources: { s: "The platform" },
      issue: { device: DEVICE },
      rules: [
        {
          id: "length",
          title: "The length is bounded",
          citation: "The platform; RFC 1, 2.3",
          note: "ours",
          roles: {
            intermediate: { severity: "error", parameters: { maximum: 1 } },
            device: { severity: "info", parameters: { maximum: 1 } },
          },
        },
        {
          id: "device-only",
          title: "A device has it twice wrong",
          citation: "RFC 2, 1",
          roles: { device: { severity: "info", parameters: {} } },
        },
      ],
    });
  });
});
