import { readFileSync, writeFileSync } from "node:fs";

const END = "<!-- end of figures -->";

/**
 * Puts a benchmark's table where README.md asks for it, between `<!-- figures: NAME -->` and `<!-- end of figures -->`;
 * does nothing where it does not ask. The current directory is the project's.
 */
export function fillReadme(name: string, table: string): void {
  const begin = `<!-- figures: ${name} -->`;
  const readme = readFileSync("README.md", "utf8");
  const from = readme.indexOf(begin);
  const to = readme.indexOf(END, from);
  if (from < 0 || to < 0) return;
  writeFileSync("README.md", `${readme.slice(0, from + begin.length)}\n${table}\n${readme.slice(to)}`);
}
