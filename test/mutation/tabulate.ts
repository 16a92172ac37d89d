import type { Examined, Fate } from "./examine.ts";

/** A table of what became of the mutants of each file and folder, as Markdown. */
export function tabulate(examined: readonly Examined[]): string {
  const files = group(examined);
  const lines = [
    "| file | mutants | killed | hung | survived | not reached | score |",
    "|---|--:|--:|--:|--:|--:|--:|",
  ];
  for (const [file, of] of files) lines.push(row(file, of));
  lines.push(row("total", examined));
  return `${lines.join("\n")}\n`;
}

function group(examined: readonly Examined[]): Map<string, Examined[]> {
  const files = new Map<string, Examined[]>();
  for (const one of examined) files.set(one.mutant.file, [...(files.get(one.mutant.file) ?? []), one]);
  return files;
}

function row(name: string, of: readonly Examined[]): string {
  const count = (fate: Fate): number => of.filter((one) => one.fate === fate).length;
  const caught = count("killed") + count("hung");
  const score = of.length === 0 ? "" : `${((100 * caught) / of.length).toFixed(1)} %`;
  return `| ${[name, of.length, count("killed"), count("hung"), count("survived"), count("not reached"), score].join(" | ")} |`;
}
