import { writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** One benchmark's outcome. */
export interface Results {
  /** The name of its files in bench/results/. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what was measured and how. */
  readonly method: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the numbers mean for the goals, a sentence each. */
  readonly conclusions: readonly string[];
  /** The numbers themselves. */
  readonly data: unknown;
}

/** Writes the results as JSON and as Markdown and prints the latter; the current directory is the project's. */
export function writeResults(results: Results): void {
  const { name, data, ...told } = results;
  const machine = describeMachine();
  const document = { schema: `samicerts/bench/${name}/v1`, machine, ...told, data };
  writeFileSync(join("bench/results", `${name}.json`), `${JSON.stringify(document, null, 2)}\n`);
  const table = [results.columns, results.columns.map(() => "---"), ...results.rows];
  const markdown = [
    `# ${results.title}`,
    results.method,
    table.map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
    results.conclusions.map((line) => `- ${line}`).join("\n"),
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${machine.platform}; load before ${machine.load}.`,
  ].join("\n\n");
  writeFileSync(join("bench/results", `${name}.md`), `${markdown}\n`);
  process.stdout.write(`${markdown}\n\n`);
}

const LOAD_AT_START = loadavg()[0] ?? 0;

function describeMachine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    node: process.versions.node,
    platform: `${platform()} ${arch()}`,
    load: LOAD_AT_START.toFixed(2),
  };
}
