import { parseSync } from "vite";

/** One arrow out of a file. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Gone once the types are erased. */
  readonly typesOnly: boolean;
  /** Followed when the code runs, not when it is loaded: `import()`. */
  readonly lazy: boolean;
}

/** What the architecture's rules look at in one source file. */
export interface SourceFile {
  /** From the root of the project, with slashes: `src/x509/name.ts`. */
  readonly path: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
  /** Declarations that are exported, and whether a doc comment stands right before each. */
  readonly exports: readonly { readonly name: string; readonly line: number; readonly documented: boolean }[];
  /** Reaches for the world, as written: `Date.now`, `new Date()`, `process.env`, `randomBytes`. */
  readonly uses: readonly { readonly what: string; readonly line: number }[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Reads TypeScript source; throws where it does not parse. */
export function readSource(path: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(path, text, { lang: path.endsWith(".tsx") ? "tsx" : "ts" });
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const lineOf = (offset: number): number => text.slice(0, offset).split("\n").length;
  const docEnds = new Set(comments.filter(isDoc).map((comment) => comment.end));
  const documented = (node: Node): boolean => docEnds.has(text.slice(0, node.start).trimEnd().length);
  const body = program.body as unknown as readonly Node[];

  const imports: Import[] = [];
  const uses: { what: string; line: number }[] = [];
  visit(program as unknown as Node, (node) => {
    const arrow = arrowOf(node);
    if (arrow !== undefined) imports.push({ ...arrow, line: lineOf(node.start) });
    for (const what of usesOf(node)) uses.push({ what, line: lineOf(node.start) });
  });

  const exports = exportsOf(body).map(({ name, node }) => ({
    name,
    line: lineOf(node.start),
    documented: documented(node),
  }));
  return { path, lineCount: text.trimEnd().split("\n").length, imports, exports, uses };
}

function isDoc(comment: { type: string; value: string }): boolean {
  return comment.type === "Block" && comment.value.startsWith("*");
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, see);
  }
}

function text(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node.type !== "TemplateLiteral" || (node["expressions"] as unknown[]).length > 0) return undefined;
  const [quasi] = node["quasis"] as { value: { cooked: string } }[];
  return quasi?.value.cooked;
}

function name(node: unknown): string | undefined {
  return isNode(node) && node.type === "Identifier" ? (node["name"] as string) : text(node);
}

function arrowOf(node: Node): Omit<Import, "line"> | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration": {
      const specifier = text(node["source"]);
      if (specifier === undefined) return undefined;
      const bindings = (node["specifiers"] ?? []) as Node[];
      const wholly = node["importKind"] === "type" || node["exportKind"] === "type";
      const each = bindings.every((one) => one["importKind"] === "type" || one["exportKind"] === "type");
      return { specifier, typesOnly: wholly || (bindings.length > 0 && each), lazy: false };
    }
    case "ImportExpression":
      return { specifier: text(node["source"]) ?? "(computed)", typesOnly: false, lazy: true };
    case "TSImportType":
      return { specifier: text(node["source"]) ?? "(computed)", typesOnly: true, lazy: true };
    case "CallExpression": {
      const callee = node["callee"];
      const [argument] = node["arguments"] as unknown[];
      if (name(callee) !== "require") return undefined;
      return { specifier: text(argument) ?? "(computed)", typesOnly: false, lazy: true };
    }
    default:
      return undefined;
  }
}

function usesOf(node: Node): string[] {
  switch (node.type) {
    case "MemberExpression": {
      const object = name(node["object"]);
      const property = name(node["property"]);
      if (object === undefined || property === undefined) return [];
      return [`${object}.${property}`, property];
    }
    case "NewExpression":
    case "CallExpression": {
      const bare = name(node["callee"]) === "Date" && (node["arguments"] as unknown[]).length === 0;
      return bare ? ["new Date()"] : [];
    }
    case "ImportSpecifier":
      return [name(node["imported"]) ?? ""];
    case "VariableDeclarator": {
      const pattern = node["id"] as Node;
      const object = name(node["init"]);
      if (pattern.type !== "ObjectPattern" || object === undefined) return [];
      return (pattern["properties"] as Node[]).map((property) => `${object}.${name(property["key"]) ?? ""}`);
    }
    case "Literal":
      return String(node["value"]).includes("NODE_ENV") ? ["NODE_ENV"] : [];
    default:
      return [];
  }
}

function exportsOf(body: readonly Node[]): { name: string; node: Node }[] {
  const local = new Set<string>();
  const found: { name: string; node: Node }[] = [];
  for (const node of body) {
    if (node.type === "ExportDefaultDeclaration") found.push({ name: "default", node });
    if (node.type !== "ExportNamedDeclaration" || node["source"] !== null) continue;
    const declaration = node["declaration"];
    if (isNode(declaration)) found.push(...declared(declaration).map((each) => ({ name: each, node })));
    for (const one of (node["specifiers"] ?? []) as Node[]) local.add(name(one["local"]) ?? "");
  }
  // `export { a }` at the end of a file: the comment belongs to where `a` is declared.
  for (const node of body) {
    for (const each of declared(node)) if (local.has(each)) found.push({ name: each, node });
  }
  return found;
}

function declared(node: Node): string[] {
  if (node.type === "VariableDeclaration") {
    return (node["declarations"] as Node[]).map((each) => name(each["id"]) ?? "(pattern)");
  }
  const own = name(node["id"]);
  return own === undefined ? [] : [own];
}
