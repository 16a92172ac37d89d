import type { Made } from "../../../../fixtures/recipes/build.ts";
import { judgedFor } from "../../../../fixtures/recipes/judged.ts";
import { openKnownKeys } from "../../../../src/open-judge.ts";
import type { Role, RuleParameters } from "../../../../src/policy/policy.ts";
import type { Flaw, Judged, Rule } from "../../../../src/policy/rule.ts";
import { RULES } from "../../../../src/policy/rules/index.ts";

const isKnownKey = openKnownKeys();

/** The rule with this id; throws where there is none. */
export function ruleOf(id: string): Rule {
  const rule = RULES.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  return rule;
}

/** What one rule finds wrong with a chain's first certificate. */
export function flawsOf(
  id: string,
  role: Role,
  chain: readonly Made[],
  parameters: RuleParameters = {},
  change: Partial<Judged> = {},
): readonly Flaw[] {
  const judged = {
    ...judgedFor(
      chain.map((made) => made.certificate),
      role,
    ),
    ...change,
  };
  return [ruleOf(id).bind(parameters, role, isKnownKey)(judged) ?? []].flat();
}

/** What one rule finds wrong, as `expected / actual` lines. */
export function inShort(flaws: readonly Flaw[]): string[] {
  return flaws.map((flaw) => `${flaw.expected} / ${flaw.actual}`);
}
