import type { PolicyRow, ShownPolicy } from "./human-policy.ts";
import type { ShownDifference } from "./human-policy-diff.ts";

/** The `samicerts/policy-list/v1` document; docs/json.md describes it, as it does the others. */
export function policyListJson(policies: readonly PolicyRow[]): string {
  return document("policy-list", { policies });
}

/** The `samicerts/policy/v1` document. */
export function policyJson(policy: ShownPolicy): string {
  return document("policy", { policy });
}

/** The `samicerts/policy-diff/v1` document. */
export function policyDiffJson(from: string, to: string, differences: readonly ShownDifference[]): string {
  return document("policy-diff", { from, to, same: differences.length === 0, differences });
}

/** The `samicerts/policy-check/v1` document of a policy file that is sound. */
export function policyCheckJson(file: string, policy: ShownPolicy): string {
  const { name, title, digest, rules } = policy;
  return document("policy-check", { file, sound: true, name, title, digest, rules: rules.length });
}

function document(name: string, content: object): string {
  return `${JSON.stringify({ schema: `samicerts/${name}/v1`, ...content }, null, 2)}\n`;
}
