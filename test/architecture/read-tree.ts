import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkShape, checkSources } from "./rules.ts";
import { readSource } from "./source-file.ts";

/** Folders whose files have a shape to keep; in src/ there is more to it. */
const FOLDERS = ["bench", "bin", "scripts", "src", "test"];
const CODE = /\.(tsx?|mjs|cjs)$/;

/** Every violation of the house rules in the project at `root`, and how many files of src/ were looked at. */
export function checkTree(root: string): {
  readonly violations: readonly string[];
  readonly sources: number;
} {
  const paths = FOLDERS.flatMap((folder) => filesUnder(root, folder)).filter((path) => CODE.test(path));
  const texts = new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
  const shapes = [...texts].flatMap(([path, text]) => checkShape(path, text.trimEnd().split("\n").length));
  const sources = [...texts].filter(([path]) => path.startsWith("src/"));
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ) as { dependencies?: object; optionalDependencies?: object };
  const known = Object.keys({ ...dependencies, ...optionalDependencies });
  const files = sources.map(([path, text]) => readSource(path, text));
  return { violations: [...shapes, ...checkSources(files, known)], sources: files.length };
}

function filesUnder(root: string, folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(root, path) : [path];
  });
}
