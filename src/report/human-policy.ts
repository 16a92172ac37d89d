import { count, type Field, fieldLines, hang, padTo, visible, wrap } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** A policy in the list of policies. */
export interface PolicyRow {
  readonly name: string;
  readonly title: string;
  /** Whether it is the one in force. */
  readonly inForce: boolean;
}

/** A rule as in force for some roles. */
interface RuleUse {
  readonly severity: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What `policy show` is told of a policy. */
export interface ShownPolicy {
  readonly name: string;
  readonly title: string;
  readonly digest: string;
  readonly extends: readonly string[];
  readonly sources: Readonly<Record<string, string>>;
  readonly issue: Readonly<Record<string, object | undefined>>;
  readonly rules: readonly {
    readonly id: string;
    readonly title: string;
    readonly citation: string;
    readonly note?: string;
    readonly roles: Readonly<Record<string, RuleUse | undefined>>;
  }[];
}

/** The policies under each other, the one in force marked. */
export function policyListText(rows: readonly PolicyRow[], paint: Paint, width: number): string {
  const names = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.flatMap(({ name, title, inForce }) => {
    const [first = "", ...rest] = hang(" ".repeat(names + 4), visible(title), width);
    const label = padTo(visible(name), names);
    return [
      `${inForce ? paint.good("*") : " "} ${inForce ? paint.strong(label) : label}  ${first.trimStart()}`,
      ...rest,
    ];
  });
  return `${lines.join("\n")}\n`;
}

/** Everything a policy asks for, role by role, with who says so. */
export function policyShowText(policy: ShownPolicy, paint: Paint, width: number): string {
  const head: Field[] = [["title", visible(policy.title)]];
  if (policy.extends.length > 0) head.push(["builds on", visible(policy.extends.join(", "))]);
  head.push(["digest", policy.digest]);
  const lines = [paint.strong(visible(policy.name)), ...fieldLines(head, 2, width)];
  for (const [role, defaults] of Object.entries(policy.issue)) {
    if (defaults === undefined) continue;
    const fields = Object.entries(defaults).map(([key, value]): Field => [key, visible(words(value))]);
    lines.push("", paint.strong(`what a new ${role} gets`), ...fieldLines(fields, 2, width));
  }
  lines.push("", paint.strong(count(policy.rules.length, "rule")));
  for (const rule of policy.rules) {
    lines.push(
      `  ${paint.strong(visible(rule.id))}`,
      ...wrap(visible(rule.title), width - 4).map((line) => `    ${line}`),
    );
    const fields: Field[] = rolesTogether(rule.roles).map(([roles, use]) => [roles, useText(use)]);
    fields.push(["source", visible(rule.citation)]);
    if (rule.note !== undefined) fields.push(["note", visible(rule.note)]);
    lines.push(...fieldLines(fields, 4, width));
  }
  lines.push("", paint.strong("sources"));
  lines.push(
    ...fieldLines(
      Object.entries(policy.sources).map(([key, text]): Field => [visible(key), visible(text)]),
      2,
      width,
    ),
  );
  return `${lines.join("\n")}\n`;
}

/** Roles that a rule treats alike, named together. */
function rolesTogether(roles: Readonly<Record<string, RuleUse | undefined>>): [string, RuleUse][] {
  const groups = new Map<string, { names: string[]; use: RuleUse }>();
  for (const [role, use] of Object.entries(roles)) {
    if (use === undefined) continue;
    const key = JSON.stringify([use.severity, use.parameters]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { names: [role], use });
    else group.names.push(role);
  }
  return [...groups.values()].map(({ names, use }) => [names.join(", "), use]);
}

function useText({ severity, parameters }: RuleUse): string {
  const details = Object.entries(parameters).map(([key, value]) => `${key} ${words(value)}`);
  return visible([severity, ...details].join("; "));
}

/** A policy's value in a person's words: lists with commas, objects as `key: value`. */
export function words(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "(none)" : value.map(words).join(", ");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([key, inner]) => `${key}: ${words(inner)}`)
      .join(", ");
  if (value === true) return "yes";
  if (value === false) return "no";
  return value === undefined || value === null ? "(none)" : String(value);
}
