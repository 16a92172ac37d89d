import { words } from "./human-policy.ts";
import { hang, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** One thing in which two policies differ. */
export interface ShownDifference {
  readonly kind: "rule-added" | "rule-removed" | "severity" | "parameters" | "issue";
  readonly rule?: string;
  readonly roles?: readonly string[];
  readonly role?: string;
  readonly key?: string;
  readonly severity?: string;
  readonly parameters?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** What parameters are that say nothing, as `words` has it of an empty list. */
const NONE = "(none)";

/** Where a second policy differs from a first, a line each: `+` it adds, `-` it drops, `~` it changes. */
export function policyDiffText(
  from: string,
  to: string,
  differences: readonly ShownDifference[],
  paint: Paint,
  width: number,
): string {
  if (differences.length === 0) return `${visible(from)} and ${visible(to)} ask for the same\n`;
  const lines = differences.flatMap((difference) => {
    const mark = difference.kind === "rule-added" ? "+" : difference.kind === "rule-removed" ? "-" : "~";
    const colour = mark === "+" ? paint.good : mark === "-" ? paint.bad : paint.warn;
    const [first = "", ...rest] = hang("  ", visible(differenceText(difference)), width);
    return [`${colour(mark)} ${first.slice(2)}`, ...rest.map((line) => `  ${line}`)];
  });
  return `from ${visible(from)} to ${visible(to)}:\n${lines.join("\n")}\n`;
}

function differenceText(difference: ShownDifference): string {
  const { kind, rule, roles, role, key, severity, parameters, from, to } = difference;
  if (kind === "issue") return `a new ${role ?? ""}'s ${key ?? ""}: ${words(from)} -> ${words(to)}`;
  const head = `${rule ?? ""} (${(roles ?? []).join(", ")}):`;
  if (kind === "severity") return `${head} ${words(from)} -> ${words(to)}`;
  if (kind === "parameters") return `${head} ${words(from) || NONE} -> ${words(to) || NONE}`;
  const details = words(parameters);
  return `${head} ${severity ?? ""}${details === "" ? "" : `; ${details}`}`;
}
