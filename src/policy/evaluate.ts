import { SamicertsError } from "../base/errors.ts";
import type { Finding, Severity } from "../base/finding.ts";
import { formatName } from "../x509/name-format.ts";
import type { KnownKeyTest } from "./known-keys.ts";
import type { Policy, Role } from "./policy.ts";
import type { Check, Flaw, Judged, Rule } from "./rule.ts";
import { ruleInForce } from "./rule-in-force.ts";
import { RULES } from "./rules/index.ts";

/** A policy made ready to judge: its rules bound to their parameters. */
export interface Judge {
  readonly policy: Policy;
  /** Every finding in the order of the rules; empty where the certificate is as the policy asks. */
  readonly evaluate: (judged: Judged) => Finding[];
}

interface BoundRule {
  readonly id: string;
  readonly severity: Severity;
  readonly citation: string;
  readonly check: Check;
}

/**
 * Binds a policy's rules, each role's at its first certificate, so that judging a compliant certificate only runs checks.
 * `isKnownKey` says of which keys everybody can have the private half.
 * Throws `policy.unknown-rule` where the policy names a rule that is not among `rules`.
 */
export function compilePolicy(
  policy: Policy,
  isKnownKey: KnownKeyTest,
  rules: readonly Rule[] = RULES,
): Judge {
  refuseUnknownRules(policy, rules);
  const bound = new Map<Role, readonly BoundRule[]>();
  const bind = (role: Role): readonly BoundRule[] => {
    const made = bindRules(policy, rules, role, isKnownKey);
    bound.set(role, made);
    return made;
  };
  return {
    policy,
    evaluate: (judged) => {
      const findings: Finding[] = [];
      for (const rule of bound.get(judged.role) ?? bind(judged.role)) {
        const flaws = rule.check(judged);
        if (flaws !== undefined) report(rule, flaws, judged, findings);
      }
      return findings;
    },
  };
}

/** Judges one certificate; for more than one, `compilePolicy` once. */
export function evaluate(judged: Judged, policy: Policy, isKnownKey: KnownKeyTest): Finding[] {
  return compilePolicy(policy, isKnownKey).evaluate(judged);
}

/** A rule's citation under a policy: the policy's source, and the rule's own document where that is another. */
export function citationFor(rule: Rule, policy: Policy): string {
  const key = policy.rules[rule.id]?.source;
  const source = key === undefined ? undefined : policy.sources[key];
  if (source === undefined || rule.citation.startsWith(source)) return rule.citation;
  return source.startsWith(rule.citation) ? source : `${source}; ${rule.citation}`;
}

function bindRules(
  policy: Policy,
  rules: readonly Rule[],
  role: Role,
  isKnownKey: KnownKeyTest,
): readonly BoundRule[] {
  return rules.flatMap((rule) => {
    const active = ruleInForce(rule, policy.rules[rule.id], role);
    if (active === undefined) return [];
    const { severity, parameters } = active;
    return [
      {
        id: rule.id,
        severity,
        citation: citationFor(rule, policy),
        check: rule.bind(parameters, role, isKnownKey),
      },
    ];
  });
}

function report(rule: BoundRule, flaws: Flaw | readonly Flaw[], judged: Judged, findings: Finding[]): void {
  const { id, severity, citation } = rule;
  // Written once: a stranger's subject may have thousands of characters to be escaped.
  const subject = findings[0]?.subject ?? formatName(judged.certificate.subject);
  for (const { message, expected, actual, hint } of [flaws].flat())
    findings.push({ rule: id, severity, subject, message, expected, actual, citation, hint });
}

function refuseUnknownRules(policy: Policy, rules: readonly Rule[]): void {
  const known = new Set(rules.map((rule) => rule.id));
  for (const id of Object.keys(policy.rules))
    if (!known.has(id))
      throw new SamicertsError({
        kind: "input",
        code: "policy.unknown-rule",
        message: `the policy "${policy.name}" names the rule ${JSON.stringify(id)}, which there is not`,
        hint: "load policies with loadPolicy, which checks them",
      });
}
