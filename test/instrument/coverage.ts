import { childrenOf, parseTypeScript, runs, type SyntaxNode } from "./syntax-tree.ts";

/** A source with a counter at every place that is reached by a decision of its own. */
export interface Counted {
  readonly text: string;
  /** How many counters it has. */
  readonly count: number;
}

/** Puts counters into a source: `globalThis.passes[n]++`, numbered from `first`. */
export function countPasses(file: string, source: string, first: number): Counted {
  let count = 0;
  const pass = (): string => `globalThis.passes[${first + count++}]++`;

  const render = (node: SyntaxNode, parent: SyntaxNode | undefined, field: string): string => {
    let text = "";
    let at = node.start;
    if (node.type === "BlockStatement") {
      text = `{ ${pass()};`;
      at = node.start + 1;
    }
    for (const [name, child] of childrenOf(node)) {
      if (!runs(node, name, child) || child.start < at) continue;
      text += source.slice(at, child.start) + render(child, node, name);
      at = child.end;
    }
    text += source.slice(at, node.end);
    if (parent === undefined) return text;
    if (decidedExpression(node, parent, field)) return `(${pass()}, ${text})`;
    return decidedStatement(node, parent, field) ? `{ ${pass()}; ${text} }` : text;
  };

  const program = parseTypeScript(file, source);
  const text = render(program, undefined, "");
  return { text, count };
}

function decidedExpression(node: SyntaxNode, parent: SyntaxNode, field: string): boolean {
  if (parent.type === "ConditionalExpression") return field !== "test";
  if (parent.type === "LogicalExpression") return field === "right";
  return parent.type === "ArrowFunctionExpression" && field === "body" && node.type !== "BlockStatement";
}

function decidedStatement(node: SyntaxNode, parent: SyntaxNode, field: string): boolean {
  if (node.type === "BlockStatement" || node.type === "VariableDeclaration") return false;
  if (parent.type === "IfStatement") return field !== "test";
  if (parent.type === "SwitchCase")
    return field === "consequent" && Array.isArray(parent.consequent) && parent.consequent[0] === node;
  return field === "body" && /^(For|While|DoWhile)/.test(parent.type);
}
