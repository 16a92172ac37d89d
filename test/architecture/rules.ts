import { posix } from "node:path";
import type { SourceFile } from "./source-file.ts";

/** The arrows that a layer may have; every other arrow is a violation. */
interface Arrows {
  readonly to: readonly string[];
  /** Of these the types alone. */
  readonly typesOf: readonly string[];
  /** Whether it may import packages and Node's own modules. */
  readonly packages: boolean;
}

const LAYERS: ReadonlyMap<string, Arrows> = new Map([
  ["base", { to: [], typesOf: [], packages: false }],
  ["x509", { to: ["base"], typesOf: [], packages: true }],
  ["policy", { to: ["x509", "base"], typesOf: [], packages: true }],
  ["keys", { to: ["x509", "base"], typesOf: [], packages: true }],
  ["ledger", { to: ["x509", "base"], typesOf: [], packages: true }],
  ["workspace", { to: ["x509", "base"], typesOf: [], packages: true }],
  ["actions", { to: ["policy", "x509", "base"], typesOf: ["keys", "ledger", "workspace"], packages: true }],
  // What implements the shapes that src/actions/batch-*.ts asks for.
  ["batch-input", { to: ["workspace", "x509", "base"], typesOf: ["actions"], packages: true }],
  [
    "batch-output",
    { to: ["batch-input", "workspace", "x509", "base"], typesOf: ["actions"], packages: true },
  ],
  ["sandbox", { to: ["actions", "policy", "x509", "base"], typesOf: [], packages: true }],
  ["report", { to: ["base"], typesOf: ["actions"], packages: false }],
  [
    "cli",
    {
      to: [
        "base",
        "x509",
        "policy",
        "keys",
        "ledger",
        "workspace",
        "batch-input",
        "batch-output",
        "actions",
        "sandbox",
        "report",
        "open-*.ts",
        // The version alone.
        "package.json",
      ],
      typesOf: [],
      packages: true,
    },
  ],
  // Where what an action takes as an interface is opened, for the command and for the library.
  [
    "open-*.ts",
    {
      to: ["base", "x509", "policy", "keys", "ledger", "workspace", "batch-input", "batch-output"],
      typesOf: ["actions"],
      packages: true,
    },
  ],
  [
    "index.ts",
    {
      to: [
        "actions",
        "policy",
        "x509",
        "base",
        "keys",
        "ledger",
        "workspace",
        "batch-input",
        "batch-output",
        "open-*.ts",
      ],
      typesOf: [],
      packages: true,
    },
  ],
]);

/** What reaches for the world or for chance; only src/cli and the files below may. */
const EFFECTS: readonly string[] = [
  "Date.now",
  "new Date()",
  "performance.now",
  "process.hrtime",
  "Math.random",
  "randomBytes",
  "randomFillSync",
  "randomInt",
  "randomUUID",
  "getRandomValues",
  "process.env",
];

/** What prints or ends the process. */
const OUTPUTS: readonly string[] = [
  "process.exit",
  "process.exitCode",
  "process.stdout",
  "process.stderr",
  "process.abort",
];

const EFFECT_FILES: ReadonlyMap<string, readonly string[]> = new Map([
  ["src/open-deps.ts", ["Date.now", "randomBytes"]],
]);

const VAGUE = new Set(["util", "utils", "helper", "helpers", "manager", "common", "misc"]);
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.[a-z]+$/;
const MOST_LINES = 300;

/** Every violation of the house rules in the files under src/, one line each, as `path:line: what`. */
export function checkSources(files: readonly SourceFile[], dependencies: readonly string[]): string[] {
  return [...files.flatMap((file) => checkFile(file, dependencies)), ...checkCycles(files)];
}

/** Whether a file's name and length are as the house wants them; `path` from the root of the project. */
export function checkShape(path: string, lineCount: number): string[] {
  const name = posix.basename(path);
  const found: string[] = [];
  if (!KEBAB_CASE.test(name)) found.push(`${path}: the name is not kebab-case`);
  // A common name is X.500's, and says what it is.
  const words = path
    .replaceAll("common-name", "")
    .split(/[/.-]/)
    .filter((word) => VAGUE.has(word));
  for (const word of words) found.push(`${path}: "${word}" says nothing of its job`);
  if (lineCount > MOST_LINES) found.push(`${path}: ${lineCount} lines, more than ${MOST_LINES}`);
  return found;
}

function checkFile(file: SourceFile, dependencies: readonly string[]): string[] {
  const found: string[] = [];
  const at = (line: number, what: string): void => void found.push(`${file.path}:${line}: ${what}`);
  const layer = layerOf(file.path);
  const arrows = LAYERS.get(layer);
  if (arrows === undefined) return [`${file.path}: ${layer} is not a layer of the design`];
  for (const { specifier, typesOnly, line } of file.imports) {
    const wrong = specifier.startsWith(".")
      ? checkArrow(layer, arrows, layerOf(target(file.path, specifier)), typesOnly)
      : checkPackage(layer, arrows, specifier, dependencies);
    if (wrong !== undefined) at(line, wrong);
  }
  for (const { name, line, documented } of file.exports) {
    if (!documented) at(line, `${name} is exported without a doc comment`);
  }
  const allowed = EFFECT_FILES.get(file.path) ?? [];
  for (const { what, line } of file.uses) {
    if (what === "NODE_ENV") at(line, "NODE_ENV in production code");
    if (layer === "cli" || allowed.includes(what)) continue;
    if (EFFECTS.includes(what)) at(line, `${what} is an effect: take it as an argument`);
    if (OUTPUTS.includes(what) || what.startsWith("console.")) at(line, `${what} outside src/cli`);
  }
  return [...new Set(found)];
}

function checkArrow(from: string, arrows: Arrows, to: string, typesOnly: boolean): string | undefined {
  if (to === from || arrows.to.includes(to)) return undefined;
  if (!arrows.typesOf.includes(to)) return `${from} may not import ${to}`;
  return typesOnly ? undefined : `${from} may import only types of ${to}`;
}

function checkPackage(
  layer: string,
  arrows: Arrows,
  specifier: string,
  dependencies: readonly string[],
): string | undefined {
  if (!arrows.packages) return `${layer} may not import ${specifier}`;
  if (specifier.startsWith("node:")) return undefined;
  const known = dependencies.some((name) => specifier === name || specifier.startsWith(`${name}/`));
  return known ? undefined : `${specifier} is not among the dependencies in package.json`;
}

/** `src/x509/name.ts` is in x509, `src/index.ts` in index.ts; what is outside src is its own name. */
function layerOf(path: string): string {
  const [first, ...rest] = path.split("/");
  if (first !== "src") return path;
  const [layer = ""] = rest;
  return rest.length === 1 && layer.startsWith("open-") ? "open-*.ts" : layer;
}

function target(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier);
}

/** Files that need each other to be loaded. */
function checkCycles(files: readonly SourceFile[]): string[] {
  const needs = new Map(
    files.map((file) => [
      file.path,
      file.imports
        .filter(({ specifier, typesOnly, lazy }) => specifier.startsWith(".") && !typesOnly && !lazy)
        .map(({ specifier }) => target(file.path, specifier)),
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) {
      found.push(`${path}: imports itself: ${[...trail.slice(start), path].join(" -> ")}`);
      return;
    }
    if (done.has(path)) return;
    for (const next of needs.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of needs.keys()) walk(path, []);
  return found;
}
