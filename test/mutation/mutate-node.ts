import { isNode, type SyntaxNode } from "../instrument/syntax-tree.ts";

/** One change of one place in the source, told in a few words. */
export interface Change {
  readonly what: string;
  /** What stands there instead. */
  readonly text: string;
}

const BINARY: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "&": ["|"],
  "|": ["&"],
  "^": ["&"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": ["<<"],
  "**": ["*"],
};

const LOGICAL: Readonly<Record<string, string>> = { "&&": "||", "||": "&&", "??": "&&" };

/** Methods that another stands for, or that are left out where the value is what they are called on. */
const METHODS: ReadonlyMap<string, string | undefined> = new Map([
  ["some", "every"],
  ["every", "some"],
  ["startsWith", "endsWith"],
  ["endsWith", "startsWith"],
  ["min", "max"],
  ["max", "min"],
  ["toLowerCase", "toUpperCase"],
  ["toUpperCase", "toLowerCase"],
  ["filter", undefined],
  ["sort", undefined],
  ["slice", undefined],
  ["subarray", undefined],
  ["trim", undefined],
  ["reverse", undefined],
  ["toReversed", undefined],
  ["normalize", undefined],
]);

/** The changes of one expression; `source` is the file's text. Messages and other texts are left as they are. */
export function changesOf(node: SyntaxNode, source: string): readonly Change[] {
  const text = (one: unknown): string => source.slice((one as SyntaxNode).start, (one as SyntaxNode).end);
  switch (node.type) {
    case "BinaryExpression": {
      const { left, right, operator } = node;
      if (operator === "+" && [left, right].some(isText)) return [];
      return (BINARY[operator as string] ?? []).map((other) => ({
        what: `${operator} to ${other}`,
        text: `${text(left)} ${other} ${text(right)}`,
      }));
    }
    case "LogicalExpression": {
      const { left, right, operator } = node;
      const other = LOGICAL[operator as string] as string;
      return [
        // Without brackets, ?? and && are no expression together.
        { what: `${operator} to ${other}`, text: `(${text(left)}) ${other} (${text(right)})` },
        { what: `${operator} without its right`, text: text(left) },
        { what: `${operator} without its left`, text: text(right) },
      ];
    }
    case "UnaryExpression":
      return node.operator === "!" || node.operator === "-"
        ? [{ what: `${node.operator} left out`, text: text(node.argument) }]
        : [];
    case "UpdateExpression": {
      const other = node.operator === "++" ? "--" : "++";
      return [
        {
          what: `${node.operator} to ${other}`,
          text: node.prefix === true ? `${other}${text(node.argument)}` : `${text(node.argument)}${other}`,
        },
      ];
    }
    case "AssignmentExpression":
      return assignment(node, text);
    case "Literal":
      return literal(node);
    case "ArrayExpression":
      return (node.elements as unknown[]).length > 0 ? [{ what: "list to none", text: "[]" }] : [];
    case "CallExpression":
      return call(node, text);
    default:
      return [];
  }
}

function isText(node: unknown): boolean {
  const { type, value } = node as SyntaxNode;
  return type === "TemplateLiteral" || (type === "Literal" && typeof value === "string");
}

function assignment(node: SyntaxNode, text: (one: unknown) => string): readonly Change[] {
  const operator = (node.operator as string).slice(0, -1);
  const other = BINARY[operator]?.[0];
  if (other === undefined || isText(node.right)) return [];
  return [{ what: `${operator}= to ${other}=`, text: `${text(node.left)} ${other}= ${text(node.right)}` }];
}

function literal({ value, regex, raw }: SyntaxNode): readonly Change[] {
  if (typeof value === "boolean") return [{ what: `${value} to ${!value}`, text: String(!value) }];
  if (typeof value === "number") return [{ what: `${raw} to ${value + 1}`, text: String(value + 1) }];
  if (typeof value === "bigint") return [{ what: `${raw} to ${value + 1n}n`, text: `${value + 1n}n` }];
  if (typeof regex !== "object" || regex === null) return [];
  const { pattern, flags } = regex as { pattern: string; flags: string };
  const changes: Change[] = [];
  if (pattern.startsWith("^"))
    changes.push({ what: "^ left out of a pattern", text: `/${pattern.slice(1) || "(?:)"}/${flags}` });
  if (pattern.endsWith("$") && !pattern.endsWith("\\$"))
    changes.push({ what: "$ left out of a pattern", text: `/${pattern.slice(0, -1) || "(?:)"}/${flags}` });
  return changes;
}

function call(node: SyntaxNode, text: (one: unknown) => string): readonly Change[] {
  const { callee } = node;
  if (
    !isNode(callee) ||
    callee.type !== "MemberExpression" ||
    callee.optional === true ||
    node.optional === true
  )
    return [];
  const { object, property } = callee as unknown as Record<"object" | "property", SyntaxNode>;
  const name = property.name as string;
  if (!METHODS.has(name) || callee.computed === true) return [];
  const other = METHODS.get(name);
  if (other === undefined) return [{ what: `.${name}() left out`, text: text(object) }];
  const rest = text(node).slice(property.end - node.start);
  return [{ what: `.${name}() to .${other}()`, text: `${text(object)}.${other}${rest}` }];
}
