import { childrenOf, parseTypeScript, runs, type SyntaxNode } from "../instrument/syntax-tree.ts";
import { type Change, changesOf } from "./mutate-node.ts";

/** One changed place; switched on where `globalThis.mutant` is its id. */
export interface Mutant {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  readonly what: string;
  /** The source's line, for whoever reads of it. */
  readonly code: string;
}

/** A source file with every mutant in it at once. */
export interface Schemata {
  readonly mutants: readonly Mutant[];
  /** The text in which the mutant of `globalThis.mutant` is in force, or none. */
  readonly switched: string;
  /** The text that sets `globalThis.reached[id]` where a mutant's place is reached. */
  readonly marked: string;
}

/** Statements that leave where they stand. */
const LEAVES = new Set(["ThrowStatement", "ContinueStatement", "BreakStatement"]);

interface Place {
  readonly ids: readonly number[];
  readonly changes: readonly Change[];
  readonly statement: boolean;
}

/** Works out every mutant of a file, numbered from `first`. */
export function createSchemata(file: string, source: string, first: number): Schemata {
  const mutants: Mutant[] = [];
  const lines = source.split("\n");
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) as number) + line.length + 1);
  const places = new Map<SyntaxNode, Place>();
  const note = (node: SyntaxNode, changes: readonly Change[], statement: boolean): void => {
    if (changes.length === 0) return;
    const line = starts.findLastIndex((start) => start <= node.start) + 1;
    const ids = changes.map(({ what }) => {
      const id = first + mutants.length;
      mutants.push({ id, file, line, what, code: (lines[line - 1] as string).trim() });
      return id;
    });
    places.set(node, { ids, changes, statement });
  };

  /** `chain`: whether the node is a link of an optional chain; in brackets of its own it would not end the whole of it. */
  const visit = (node: SyntaxNode, parent: SyntaxNode, field: string, chain: boolean): void => {
    if (!chain || parent.type === "ChainExpression")
      note(node, expressionChanges(node, parent, field, source), false);
    const stated = node.type === "ExpressionStatement" && typeof node.directive !== "string";
    const leaves = LEAVES.has(node.type) && parent.type !== "SwitchCase";
    if (stated || leaves) note(node, [{ what: "left out", text: "" }], true);
    for (const [name, child] of childrenOf(node)) {
      const link = node.type === "ChainExpression" || (chain && (name === "object" || name === "callee"));
      if (runs(node, name, child)) visit(child, node, name, link);
    }
  };
  const program = parseTypeScript(file, source);
  visit(program, program, "", false);

  const render = (node: SyntaxNode, mark: boolean): string => {
    let text = "";
    let at = node.start;
    for (const [name, child] of childrenOf(node)) {
      if (!runs(node, name, child) || child.start < at) continue;
      text += source.slice(at, child.start) + render(child, mark);
      at = child.end;
    }
    text += source.slice(at, node.end);
    const place = places.get(node);
    if (place === undefined) return text;
    const reach = place.ids.map((id) => `globalThis.reached[${id}] = 1`).join(", ");
    if (place.statement)
      return mark ? `{ ${reach}; ${text} }` : `{ if (globalThis.mutant !== ${place.ids[0]}) { ${text} } }`;
    if (mark) return `((${reach}), (${text}))`;
    const choices = place.changes.map(
      (change, index) => `globalThis.mutant === ${place.ids[index]} ? (${change.text}) : `,
    );
    return `(${choices.join("")}(${text}))`;
  };
  return { mutants, switched: render(program, false), marked: render(program, true) };
}

/** What decides, and what is given back, is changed as a whole too. */
function expressionChanges(
  node: SyntaxNode,
  parent: SyntaxNode,
  field: string,
  source: string,
): readonly Change[] {
  // A shorthand's value is its key as well.
  if (parent.type === "Property" && parent.shorthand === true) return [];
  const changes = [...changesOf(node, source)];
  if (field === "test" && node.type !== "Literal" && parent.type !== "SwitchCase") {
    if (parent.type !== "ForStatement" && parent.type !== "WhileStatement")
      changes.push({ what: "taken for true", text: "true" });
    changes.push({ what: "taken for false", text: "false" });
  }
  const given = field === "argument" && parent.type === "ReturnStatement";
  const arrow =
    field === "body" && parent.type === "ArrowFunctionExpression" && node.type !== "BlockStatement";
  if ((given || arrow) && source.slice(node.start, node.end) !== "undefined")
    changes.push({ what: "undefined given back", text: "undefined" });
  return changes;
}
