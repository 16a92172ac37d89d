import type { Severity } from "../base/finding.ts";
import { canonicalJson } from "./digest.ts";
import type { IssueDefaults, Policy, Role, RuleParameters } from "./policy.ts";
import { ROLES } from "./policy.ts";
import type { Rule } from "./rule.ts";
import { type RuleInForce, ruleInForce } from "./rule-in-force.ts";
import { RULES } from "./rules/index.ts";

/** One thing in which a second policy differs from a first, for the roles that differ in the same way. */
export type PolicyDifference =
  | {
      readonly kind: "rule-added" | "rule-removed";
      readonly rule: string;
      readonly roles: readonly Role[];
      readonly severity: Severity;
      readonly parameters: RuleParameters;
    }
  | {
      readonly kind: "severity";
      readonly rule: string;
      readonly roles: readonly Role[];
      readonly from: Severity;
      readonly to: Severity;
    }
  | {
      readonly kind: "parameters";
      readonly rule: string;
      readonly roles: readonly Role[];
      readonly from: RuleParameters;
      readonly to: RuleParameters;
    }
  | {
      readonly kind: "issue";
      readonly role: Role;
      /** A key of the role's defaults. */
      readonly key: string;
      /** Undefined where the first policy has no such key. */
      readonly from: unknown;
      readonly to: unknown;
    };

type RuleDifference = Exclude<PolicyDifference, { kind: "issue" }>;

/** In what policy `b` differs from policy `a`: rules in their order, then issue defaults by role. Empty where in nothing. */
export function comparePolicies(
  a: Policy,
  b: Policy,
  rules: readonly Rule[] = RULES,
): readonly PolicyDifference[] {
  return [
    ...rules.flatMap((rule) => compareRule(rule, a, b)),
    ...ROLES.flatMap((role) => compareIssue(role, a.issue[role] ?? {}, b.issue[role] ?? {})),
  ];
}

function compareRule(rule: Rule, a: Policy, b: Policy): readonly PolicyDifference[] {
  const found = new Map<string, RuleDifference>();
  for (const role of ROLES) {
    const from = ruleInForce(rule, a.rules[rule.id], role);
    const to = ruleInForce(rule, b.rules[rule.id], role);
    for (const difference of compareRole(rule.id, role, from, to)) {
      const key = canonicalJson({ ...difference, roles: [] });
      const roles = [...(found.get(key)?.roles ?? []), role];
      found.set(key, { ...difference, roles });
    }
  }
  return [...found.values()];
}

function compareRole(
  rule: string,
  role: Role,
  from: RuleInForce | undefined,
  to: RuleInForce | undefined,
): readonly RuleDifference[] {
  const roles = [role];
  if (from === undefined) return to === undefined ? [] : [{ kind: "rule-added", rule, roles, ...to }];
  if (to === undefined) return [{ kind: "rule-removed", rule, roles, ...from }];
  const differences: RuleDifference[] = [];
  if (from.severity !== to.severity)
    differences.push({ kind: "severity", rule, roles, from: from.severity, to: to.severity });
  if (canonicalJson(from.parameters) !== canonicalJson(to.parameters))
    differences.push({ kind: "parameters", rule, roles, from: from.parameters, to: to.parameters });
  return differences;
}

function compareIssue(
  role: Role,
  a: Partial<IssueDefaults>,
  b: Partial<IssueDefaults>,
): readonly PolicyDifference[] {
  const from = new Map<string, unknown>(Object.entries(a));
  const to = new Map<string, unknown>(Object.entries(b));
  const keys = new Set([...from.keys(), ...to.keys()]);
  return [...keys]
    .filter(
      (key) => !from.has(key) || !to.has(key) || canonicalJson(from.get(key)) !== canonicalJson(to.get(key)),
    )
    .map((key) => ({ kind: "issue", role, key, from: from.get(key), to: to.get(key) }));
}
