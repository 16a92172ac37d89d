import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describeMachine, tellMachine } from "./machine.ts";
import { drawBars, type Plot } from "./plot.ts";
import { fillReadme } from "./readme-table.ts";

/** Something that was to be reached. */
export interface Goal {
  /** What, with its limit and what was measured, in a sentence without its full stop. */
  readonly text: string;
  readonly met: boolean;
}

/** One benchmark's outcome. */
export interface Results {
  /** The name of its files in bench/results/. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what was measured and how. */
  readonly method: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What was to be reached. */
  readonly goals: readonly Goal[];
  /** What else is to be said, and what was left out, a sentence each. */
  readonly remarks: readonly string[];
  /** The numbers themselves. */
  readonly data: unknown;
  /** A picture of them, where one says more than the table. */
  readonly plot?: Plot;
}

/**
 * Writes the results as JSON, Markdown and, where there is a plot, SVG, and their table into README.md where that asks
 * for it; prints the Markdown. The current directory is the project's.
 */
export function writeResults(results: Results): void {
  const { name, data, plot, ...told } = results;
  const { goals } = told;
  const machine = describeMachine();
  const path = (ending: string): string => join("bench/results", `${name}.${ending}`);
  const document = { schema: `samicerts/bench/${name}/v1`, machine, ...told, data };
  writeFileSync(path("json"), `${JSON.stringify(document, null, 2)}\n`);
  const lines = [results.columns, results.columns.map(() => "---"), ...results.rows];
  const table = lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const markdown = [
    `# ${results.title}`,
    results.method,
    table,
    [...goals.map(tellGoal), ...results.remarks].map((line) => `- ${line}`).join("\n"),
    tellMachine(machine),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
  fillReadme(name, table);
  process.stdout.write(`${markdown}\n\n`);
  if (plot === undefined) {
    writeFileSync(path("md"), `${markdown}\n`);
    return;
  }
  const note = machine.underLoad ? `${plot.note} Taken under load.` : plot.note;
  writeFileSync(path("svg"), drawBars({ ...plot, note }));
  writeFileSync(path("md"), `${markdown}\n\n![${plot.title}](${name}.svg)\n`);
}

/** A goal in a line of Markdown. */
export function tellGoal({ text, met }: Goal): string {
  return `${met ? "Met" : "**Missed**"}: ${text}.`;
}
