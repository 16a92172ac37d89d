/** How one case went; "stricter" is a refusal that the case's class leaves to us. */
export type Outcome = "agree" | "stricter" | "false accept" | "false reject" | "wrong reason" | "not judged";

/** One case's result. */
export interface Result {
  readonly id: string;
  readonly outcome: Outcome;
  /** What the case's authors ask: its class or its expected verdict. */
  readonly asked: string;
  readonly accepted: boolean;
  /** Why it was refused: rule ids or error codes. */
  readonly reasons: readonly string[];
  /** Where it is not judged, why not. */
  readonly leftOut?: string;
  /** In words, for the list of what went wrong. */
  readonly detail: string;
}

/** A suite's results. */
export interface SuiteResult {
  readonly suite: string;
  readonly results: readonly Result[];
  /** Lines to print below the table. */
  readonly notes: readonly string[];
  /** What `--list` shows in place of the cases that are not judged, as Markdown. */
  readonly listed?: readonly string[];
}

/** The outcome of a case that must be accepted or refused; `fits` says whether the reason is the authors'. */
export function outcomeOf(wanted: "accept" | "reject", accepted: boolean, fits: boolean): Outcome {
  if (wanted === "accept") return accepted ? "agree" : "false reject";
  if (accepted) return "false accept";
  return fits ? "agree" : "wrong reason";
}

const COLUMNS: readonly Outcome[] = [
  "agree",
  "stricter",
  "false accept",
  "false reject",
  "wrong reason",
  "not judged",
];

/** The table of all suites, one line each. */
export function formatTable(suites: readonly SuiteResult[]): string {
  const rows = suites.map((suite) => [suite.suite, ...counts(suite.results)]);
  const total = ["total", ...counts(suites.flatMap((suite) => suite.results))];
  const lines = [["suite", "cases", ...COLUMNS], ...rows, total];
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  "),
    )
    .join("\n");
}

function counts(results: readonly Result[]): string[] {
  const of = (outcome: Outcome): string =>
    String(results.filter((result) => result.outcome === outcome).length);
  return [String(results.length), ...COLUMNS.map(of)];
}

/** Whether any verdict is false. */
export function anyFalse(suites: readonly SuiteResult[]): boolean {
  return suites.some((suite) => suite.results.some((result) => result.outcome.startsWith("false")));
}
