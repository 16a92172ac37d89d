import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** The files below `root` that one of the patterns fits, sorted; a pattern may have `*`, `**` and `{a,b}` in it. */
export function findFiles(root: string, patterns: readonly string[]): readonly string[] {
  const expressions = patterns.map(asExpression);
  return ["src", "test"]
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => expressions.some((expression) => expression.test(path)))
    .sort();
}

const WILD: Readonly<Record<string, string>> = {
  "**/": "(?:.*/)?",
  "*": "[^/]*",
  "{": "(?:",
  "}": ")",
  ",": "|",
};

function asExpression(pattern: string): RegExp {
  const text = pattern.replace(/\*\*\/|[*{},]|[.+?^$()|[\]\\]/g, (part) => WILD[part] ?? `\\${part}`);
  return new RegExp(`^${text}$`);
}
