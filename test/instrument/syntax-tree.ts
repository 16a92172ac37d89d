import { parseSync } from "vite";

/** A node of the syntax tree (ESTree with TypeScript's nodes); `start` and `end` count characters of the source. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Parses TypeScript; throws where it is none. */
export function parseTypeScript(path: string, source: string): SyntaxNode {
  const { program, errors } = parseSync(path, source, { lang: "ts" });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return program as unknown as SyntaxNode;
}

/** Whether a value of a node's field is a node itself. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";
}

/** A node's children in the order of the source, with the field that each is in. */
export function childrenOf(node: SyntaxNode): readonly (readonly [field: string, child: SyntaxNode])[] {
  const children: [string, SyntaxNode][] = [];
  for (const [field, value] of Object.entries(node))
    for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) children.push([field, one]);
  return children.sort(([, a], [, b]) => a.start - b.start);
}

/** TypeScript's nodes that hold an expression; of the others nothing is left at run time. */
const HOLDERS = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSInstantiationExpression",
]);

/** Whether a child is something that runs: not a type, not a name, not what is assigned to. */
export function runs(parent: SyntaxNode, field: string, child: SyntaxNode): boolean {
  if (child.type.startsWith("TS") && !HOLDERS.has(child.type)) return false;
  if (HOLDERS.has(parent.type)) return field === "expression";
  if (field === "key" || field === "property") return parent.computed === true;
  if (
    ["typeAnnotation", "typeParameters", "typeArguments", "returnType", "superTypeArguments"].includes(field)
  )
    return false;
  if (parent.type === "VariableDeclarator") return field === "init";
  if (parent.type === "AssignmentExpression" || parent.type === "AssignmentPattern") return field === "right";
  return !parent.type.startsWith("Import") && parent.type !== "UpdateExpression" && field !== "specifiers";
}
