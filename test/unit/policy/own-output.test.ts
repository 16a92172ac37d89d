import { describe, expect, it } from "vitest";
import { openJudge } from "../../../src/open-judge.ts";
import { BUILTIN_POLICY_NAMES } from "../../../src/policy/builtin.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import type { Role } from "../../../src/policy/policy.ts";
import { type ChainPlan, chainMaker, judgedIn } from "./sample-chain.ts";

const unreadable = (path: string): string => {
  throw new Error(`a built-in policy read ${path}`);
};
const makeChain = chainMaker();

const MATTER: ChainPlan = {
  root: { subject: "/CN=Our PAA/matterVid=FFF1" },
  intermediate: { subject: "/CN=Our PAI/matterVid=FFF1/matterPid=8000" },
};
const LINE: ChainPlan = { intermediate: {} };

/** Every finding in a chain: role, severity, rule. */
function findings(policyName: string, plan: ChainPlan): string[] {
  const policy = loadPolicy(policyName, unreadable);
  const judge = openJudge(policy);
  const chain = makeChain(policy, plan);
  const roles: readonly Role[] =
    plan.intermediate === undefined ? ["root", "device"] : ["root", "intermediate", "device"];
  return roles.flatMap((role) =>
    judge.evaluate(judgedIn(chain, role)).map((finding) => `${role} ${finding.severity} ${finding.rule}`),
  );
}

describe("a policy's own output passes it", () => {
  it.each(BUILTIN_POLICY_NAMES.filter((name) => name !== "matter" && name !== "nist-2030"))("%s", (name) => {
    expect(findings(name, {})).toEqual([]);
  });

  it("matter, with a PAI between", () => {
    expect(findings("matter", MATTER)).toEqual([]);
  });

  it("nist-2030 with the one warning that anything past 2035 has", () => {
    expect(findings("nist-2030", {})).toEqual([
      "root warning classical-lifetime",
      "device warning classical-lifetime",
    ]);
  });

  it.each(["sami", "rfc5280", "aws-iot", "azure-dps", "idevid"])("%s with a line between", (name) => {
    expect(findings(name, LINE)).toEqual([]);
  });

  it.each([
    ["sami", "ec:P-384", ["device warning key-preferred"]],
    ["sami", "rsa:2048", ["device warning key-preferred"]],
    ["rfc5280", "ec:P-521", []],
    ["rfc5280", "ed25519", []],
    ["aws-iot", "ec:P-521", []],
    ["aws-iot", "rsa:2048", []],
    ["azure-dps", "rsa:2048", []],
    ["clearblade", "rsa:2048", []],
    ["idevid", "ec:P-384", []],
    ["idevid", "rsa:2048", []],
  ])("%s with keys %s", (name, key, expected) => {
    expect(findings(name, { root: { key }, device: { key } })).toEqual(expected);
  });
});
