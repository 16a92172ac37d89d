import type { Result, SuiteResult } from "./tally.ts";

/** The verdicts that no author asks for, as Markdown: which chains we accept, and which we refuse and why. */
export function listOpen(suites: readonly SuiteResult[]): string {
  const lines: string[] = [];
  for (const { suite, results, listed } of suites) {
    if (listed !== undefined) {
      lines.push(`### ${suite}`, "", ...listed, "");
      continue;
    }
    const open = results.filter(
      ({ outcome, asked }) => asked === "may-reject" || (outcome === "not judged" && asked !== "not-judged"),
    );
    if (open.length === 0) continue;
    lines.push(`### ${suite}`, "", "| case | verdict | why |", "|---|---|---|");
    for (const result of open) lines.push(`| ${result.id} | ${verdict(result)} | ${why(result)} |`);
    lines.push("");
  }
  return lines.join("\n");
}

/** What is not judged, by suite and class, with how many of each we take and refuse, as Markdown. */
export function listLeftOut(suites: readonly SuiteResult[]): string {
  const lines = ["| suite | class | cases | accepted | refused |", "|---|---|--:|--:|--:|"];
  for (const { suite, results } of suites) {
    const classes = new Map<string, Result[]>();
    for (const result of results)
      if (result.outcome === "not judged") {
        const name = result.leftOut ?? `no verdict asked: ${result.asked}`;
        classes.set(name, [...(classes.get(name) ?? []), result]);
      }
    for (const [name, all] of classes) {
      const accepted = all.filter((result) => result.accepted).length;
      lines.push(`| ${suite} | ${name} | ${all.length} | ${accepted} | ${all.length - accepted} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** A Markdown table of two columns. */
export function twoColumns(
  head: readonly [string, string],
  rows: readonly (readonly [string, string])[],
): string[] {
  return [head, ["---", "---"] as const, ...rows].map(([left, right]) => `| ${left} | ${right} |`);
}

function verdict(result: Result): string {
  return result.accepted ? "accepted" : "refused";
}

function why(result: Result): string {
  return [...new Set(result.reasons)].join(", ");
}
