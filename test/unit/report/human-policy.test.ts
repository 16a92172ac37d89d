import { describe, expect, it } from "vitest";
import { policyListText, policyShowText, type ShownPolicy, words } from "../../../src/report/human-policy.ts";
import { policyDiffText } from "../../../src/report/human-policy-diff.ts";
import {
  policyCheckJson,
  policyDiffJson,
  policyJson,
  policyListJson,
} from "../../../src/report/json-policy.ts";
import { PLAIN } from "../../../src/report/paint.ts";

const POLICY: ShownPolicy = {
  name: "line-two",
  title: "What line two makes",
  digest: "ab".repeat(32),
  extends: ["sami"],
  sources: { own: "Line two's handbook, 2026" },
  issue: { device: { key: "ec:P-256", validityDays: 3650, basicConstraints: { critical: true, ca: false } } },
  rules: [
    {
      id: "key-algorithm",
      title: "The key is of a kind that the platform takes.",
      citation: "Line two's handbook, 2026",
      note: "our machines hold nothing else",
      roles: {
        root: { severity: "error", parameters: { allow: ["ec:P-256", "ec:P-384"] } },
        intermediate: { severity: "error", parameters: { allow: ["ec:P-256", "ec:P-384"] } },
        device: { severity: "warning", parameters: { allow: ["ec:P-256"] } },
      },
    },
  ],
};

describe("policies for a person", () => {
  it("are listed with the one in force marked", () => {
    const rows = [
      { name: "sami", title: "The default", inForce: true },
      { name: "aws-iot", title: "long ".repeat(20).trim(), inForce: false },
    ];
    expect(policyListText(rows, PLAIN, 60)).toBe(
      "* sami     The default\n" +
        "  aws-iot  long long long long long long long long long long\n" +
        "           long long long long long long long long long long\n",
    );
  });

  it("are shown with everything that they ask for", () => {
    expect(policyShowText(POLICY, PLAIN, 80)).toBe(`line-two
  title      What line two makes
  builds on  sami
  digest     ${"ab".repeat(32)}

what a new device gets
  key               ec:P-256
  validityDays      3650
  basicConstraints  critical: yes, ca: no

1 rule
  key-algorithm
    The key is of a kind that the platform takes.
    root, intermediate  error; allow ec:P-256, ec:P-384
    device              warning; allow ec:P-256
    source              Line two's handbook, 2026
    note                our machines hold nothing else

sources
  own  Line two's handbook, 2026
`);
  });

  it("are compared line by line", () => {
    const differences = [
      { kind: "rule-added", rule: "a", roles: ["root"], severity: "error", parameters: { most: 5 } },
      { kind: "rule-removed", rule: "b", roles: ["device"], severity: "warning", parameters: {} },
      { kind: "severity", rule: "c", roles: ["root", "device"], from: "error", to: "warning" },
      { kind: "parameters", rule: "d", roles: ["device"], from: { most: 5 }, to: { most: 6 } },
      { kind: "issue", role: "device", key: "validityDays", from: undefined, to: 90 },
    ] as const;
    expect(policyDiffText("one", "two", differences, PLAIN, 80)).toBe(`from one to two:
+ a (root): error; most: 5
- b (device): warning
~ c (root, device): error -> warning
~ d (device): most: 5 -> most: 6
~ a new device's validityDays: (none) -> 90
`);
    expect(policyDiffText("one", "two", [], PLAIN, 80)).toBe("one and two ask for the same\n");
    expect(JSON.parse(policyDiffJson("one", "two", differences)).same).toBe(false);
    expect(JSON.parse(policyDiffJson("one", "two", []))).toEqual({
      schema: "samicerts/policy-diff/v1",
      from: "one",
      to: "two",
      same: true,
      differences: [],
    });
  });

  it("puts values into words", () => {
    expect(words([1, "a", true])).toBe("1, a, yes");
    expect(words([])).toBe("(none)");
    expect(words({ a: { b: false } })).toBe("a: b: no");
  });
});

describe("policies as JSON", () => {
  it("carry their schema", () => {
    expect(JSON.parse(policyJson(POLICY))).toEqual({ schema: "samicerts/policy/v1", policy: POLICY });
    expect(JSON.parse(policyListJson([{ name: "a", title: "b", inForce: true }]))).toEqual({
      schema: "samicerts/policy-list/v1",
      policies: [{ name: "a", title: "b", inForce: true }],
    });
    expect(JSON.parse(policyCheckJson("p.json", POLICY))).toEqual({
      schema: "samicerts/policy-check/v1",
      file: "p.json",
      sound: true,
      name: "line-two",
      title: "What line two makes",
      digest: "ab".repeat(32),
      rules: 1,
    });
  });
});
