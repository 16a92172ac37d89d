import type { Severity } from "../base/finding.ts";
import type { Role, RuleParameters, RuleUse } from "./policy.ts";
import type { Rule } from "./rule.ts";

/** A rule as it is in force for one role. */
export interface RuleInForce {
  readonly severity: Severity;
  readonly parameters: RuleParameters;
}

const NO_PARAMETERS: RuleParameters = Object.freeze({});

/** What a policy's use of a rule comes to for one role; undefined where the rule is off for it, or does not concern it. */
export function ruleInForce(rule: Rule, use: RuleUse | undefined, role: Role): RuleInForce | undefined {
  if (use === undefined || !rule.roles.includes(role)) return undefined;
  const own = use.roles?.[role];
  if (own === "off") return undefined;
  const severity = own?.severity ?? use.severity;
  if (severity === "off") return undefined;
  return { severity, parameters: own?.parameters ?? use.parameters ?? NO_PARAMETERS };
}
