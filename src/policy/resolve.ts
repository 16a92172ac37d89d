import type { PolicyDocument, PolicyLayer } from "./document.ts";
import type { IssueDefaults, Policy, Role, RoleUse, RuleUse } from "./policy.ts";
import { ROLES } from "./policy.ts";
import { policyError } from "./read-policy.ts";
import type { Rule } from "./rule.ts";
import { type RuleInForce, ruleInForce } from "./rule-in-force.ts";

type PartialIssue = Partial<IssueDefaults>;
type PartialUse = Partial<RuleUse>;

/**
 * Lays documents over one another, the floor first and the policy itself last, and freezes what comes out.
 *
 * - `sources`: key by key.
 * - `issue`: role by role, key by key; `validityDays` and `noExpiry` displace one another.
 * - `rules`: rule by rule. `severity`, `source`, `note` and `parameters` each replace the parents' where given, whole.
 *   A `severity` or `parameters` for the whole rule displaces what parents gave to single roles, but a role that a parent
 *   turned `off` stays off until the child names it. `roles` is merged role by role, key by key.
 *
 * Throws `policy.incomplete` where a rule or a role is left without what it needs, `policy.unknown-source`.
 */
export function resolvePolicy(layers: readonly PolicyLayer[], rules: readonly Rule[]): Policy {
  const top = layers.at(-1);
  if (top === undefined) throw new TypeError("a policy has at least one layer");
  const issue = new Map<string, PartialIssue>();
  const uses = new Map<string, PartialUse>();
  for (const { document } of layers) {
    for (const [role, own] of Object.entries(document.issue ?? {}))
      issue.set(role, mergeIssue(issue.get(role) ?? {}, own));
    for (const [id, own] of Object.entries(document.rules ?? {})) uses.set(id, mergeUse(uses.get(id), own));
  }
  const policy = {
    name: top.document.name,
    title: top.document.title,
    extends: top.document.extends ?? [],
    sources: Object.fromEntries(layers.flatMap(({ document }) => Object.entries(document.sources ?? {}))),
    issue: Object.fromEntries(issue),
    rules: Object.fromEntries(uses),
  };
  for (const role of ROLES) checkIssue(role, issue.get(role), layers);
  for (const rule of rules) checkUse(rule, uses.get(rule.id), policy.sources, layers);
  return freezeDeep(policy) as Policy;
}

function mergeIssue(theirs: PartialIssue, own: PartialIssue): PartialIssue {
  const { validityDays, noExpiry, ...kept } = theirs;
  const displaced = own.validityDays !== undefined || own.noExpiry !== undefined;
  return {
    ...kept,
    ...(displaced || validityDays === undefined ? {} : { validityDays }),
    ...(displaced || noExpiry === undefined ? {} : { noExpiry }),
    ...own,
  };
}

function mergeUse(theirs: PartialUse | undefined, own: PartialUse): PartialUse {
  if (theirs === undefined) return own;
  const roles: Partial<Record<Role, RoleUse | "off">> = {};
  for (const role of ROLES) {
    const merged = mergeRole(theirs.roles?.[role], own.roles?.[role], own);
    if (merged !== undefined) roles[role] = merged;
  }
  return { ...theirs, ...own, ...(Object.keys(roles).length === 0 ? {} : { roles }) };
}

function mergeRole(
  theirs: RoleUse | "off" | undefined,
  own: RoleUse | "off" | undefined,
  use: PartialUse,
): RoleUse | "off" | undefined {
  if (own === "off") return own;
  if (theirs === undefined || theirs === "off") return own ?? theirs;
  const { severity, parameters } = theirs;
  return {
    ...(severity === undefined || use.severity !== undefined ? {} : { severity }),
    ...(parameters === undefined || use.parameters !== undefined ? {} : { parameters }),
    ...own,
  };
}

/** The place of a key in the last layer that has it. */
function placeOf(
  layers: readonly PolicyLayer[],
  path: readonly string[],
  has: (document: PolicyDocument) => boolean,
): string {
  const layer = layers.findLast(({ document }) => has(document)) ?? layers.at(-1);
  return layer === undefined ? path.join(".") : layer.where(path);
}

function checkIssue(role: Role, issue: PartialIssue | undefined, layers: readonly PolicyLayer[]): void {
  if (issue === undefined) return;
  const { key, hash, backdateSeconds, serialOctets, validityDays, noExpiry } = issue;
  const needed = { key, hash, backdateSeconds, serialOctets, validityDays: validityDays ?? noExpiry };
  const missing = Object.entries(needed).find(([, value]) => value === undefined)?.[0];
  if (missing === undefined) return;
  const place = placeOf(layers, ["issue", role], (document) => document.issue?.[role] !== undefined);
  throw policyError(
    "incomplete",
    place,
    `the key ${missing} is missing, and no policy that it extends has it`,
    'add it, or extend a policy that has it: "extends": ["rfc5280"]',
  );
}

function checkUse(
  rule: Rule,
  use: PartialUse | undefined,
  sources: Policy["sources"],
  layers: readonly PolicyLayer[],
): void {
  if (use === undefined) return;
  const { severity, source } = use;
  const fail = (code: string, key: readonly string[], message: string, hint: string): Error =>
    policyError(
      code,
      placeOf(layers, ["rules", rule.id, ...key], (d) => d.rules?.[rule.id] !== undefined),
      message,
      hint,
    );
  if (severity === undefined)
    throw fail(
      "incomplete",
      [],
      "the key severity is missing, and no policy that it extends has it",
      'add "severity": "error"',
    );
  if (source !== undefined && !Object.hasOwn(sources, source))
    throw fail(
      "unknown-source",
      ["source"],
      `there is no ${JSON.stringify(source.slice(0, 64))} in sources`,
      `add it to sources, or use one of ${Object.keys(sources)
        .slice(0, 16)
        .map((key) => key.slice(0, 64))
        .join(", ")}`,
    );
  for (const role of ROLES) {
    const active = ruleInForce(rule, { ...use, severity }, role);
    const missing = active === undefined ? undefined : missingParameter(rule, active);
    if (missing !== undefined)
      throw fail(
        "incomplete",
        [],
        `the parameter ${missing} is missing for the role ${role}`,
        `add "parameters" with ${JSON.stringify(missing)}`,
      );
  }
}

function missingParameter(rule: Rule, active: RuleInForce): string | undefined {
  const required = (rule.parameters?.required ?? []) as readonly string[];
  return required.find((key) => !Object.hasOwn(active.parameters, key));
}

/** Freezes a tree of plain data. */
function freezeDeep<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freezeDeep(inner);
  return Object.freeze(value);
}
