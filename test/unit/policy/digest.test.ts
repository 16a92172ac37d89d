import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalJson, policyDigest } from "../../../src/policy/digest.ts";
import type { Policy } from "../../../src/policy/policy.ts";

const policy: Policy = {
  name: "x",
  title: "Ü",
  extends: ["a"],
  sources: {},
  issue: {},
  rules: { b: { severity: "off" }, a: { severity: "info" } },
};

describe("canonicalJson", () => {
  it("sorts keys, keeps lists in order, writes no spaces", () => {
    expect(canonicalJson({ b: [2, 1, { d: null, c: true }], a: "é\n" })).toBe(
      '{"a":"é\\n","b":[2,1,{"c":true,"d":null}]}',
    );
  });
});

describe("policyDigest", () => {
  it("is the SHA-256 of the canonical JSON", () => {
    const text =
      '{"extends":["a"],"issue":{},"name":"x","rules":{"a":{"severity":"info"},"b":{"severity":"off"}},"sources":{},"title":"Ü"}';
    expect(policyDigest(policy)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
  });

  it("does not depend on the order of keys, but on every value", () => {
    const { rules, ...rest } = policy;
    expect(policyDigest({ rules: { a: { severity: "info" }, b: { severity: "off" } }, ...rest })).toBe(
      policyDigest(policy),
    );
    expect(policyDigest({ ...rest, rules: { ...rules, a: { severity: "off" } } })).not.toBe(
      policyDigest(policy),
    );
  });
});
