import { policyDigest } from "./digest.ts";
import { citationFor } from "./evaluate.ts";
import type { Policy, Role } from "./policy.ts";
import { ROLES } from "./policy.ts";
import type { Rule } from "./rule.ts";
import { type RuleInForce, ruleInForce } from "./rule-in-force.ts";
import { RULES } from "./rules/index.ts";

/** A rule as a policy uses it. */
export interface RuleDescription {
  readonly id: string;
  readonly title: string;
  /** The policy's source and the rule's own document. */
  readonly citation: string;
  /** Why this limit, where the policy says so. */
  readonly note?: string;
  /** The roles for which it is in force, with severity and parameters. */
  readonly roles: Readonly<Partial<Record<Role, RuleInForce>>>;
}

/** A policy laid open: what `policy show` tells. */
export interface PolicyDescription {
  readonly name: string;
  readonly title: string;
  readonly digest: string;
  readonly extends: readonly string[];
  readonly sources: Policy["sources"];
  readonly issue: Policy["issue"];
  /** The rules in force, in their order. */
  readonly rules: readonly RuleDescription[];
}

/** Lays a policy open, rule by rule and role by role. */
export function describePolicy(policy: Policy, rules: readonly Rule[] = RULES): PolicyDescription {
  const { name, title, sources, issue } = policy;
  return {
    name,
    title,
    digest: policyDigest(policy),
    extends: policy.extends,
    sources,
    issue,
    rules: rules.flatMap((rule) => describeRule(rule, policy)),
  };
}

function describeRule(rule: Rule, policy: Policy): readonly RuleDescription[] {
  const use = policy.rules[rule.id];
  const roles: Partial<Record<Role, RuleInForce>> = {};
  for (const role of ROLES) {
    const active = ruleInForce(rule, use, role);
    if (active !== undefined) roles[role] = active;
  }
  if (Object.keys(roles).length === 0) return [];
  const description = { id: rule.id, title: rule.title, citation: citationFor(rule, policy), roles };
  return [use?.note === undefined ? description : { ...description, note: use.note }];
}
