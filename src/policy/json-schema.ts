import { nearestWord } from "../base/nearest.ts";
import type { JsonNode } from "./json-position.ts";

/** The part of JSON Schema 2020-12 that policies and rules are described in; `format` is checked where it is known. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number | boolean)[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  /** Of several shapes the one whose JSON type fits is meant, so no two may share a type unless both are constants. */
  readonly anyOf?: readonly JsonSchema[];
  /** Read as `anyOf`. */
  readonly oneOf?: readonly JsonSchema[];
}

/** What a string of a `format` has wrong with it, or undefined where nothing is. */
export type FormatCheck = (text: string) => string | undefined;

/** The first thing in a document that its schema does not allow. */
export interface JsonProblem {
  readonly kind: "value" | "unknown-key" | "missing-key";
  /** Characters from the start of the text. */
  readonly offset: number;
  /** Keys and indexes from the top: `["rules", "version", "severity"]`. */
  readonly path: readonly string[];
  /** What is wrong: `must be one of error, warning`. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** What a check of a document needs besides the schema at hand. */
export interface SchemaContext {
  /** The whole schema, which `#/$defs/...` references point into. */
  readonly root: JsonSchema;
  /** Formats by name; others are annotations. */
  readonly formats: ReadonlyMap<string, FormatCheck>;
}

/** Finds the first thing in `node`, in the order of the document, that `schema` does not allow. */
export function findJsonProblem(
  node: JsonNode,
  schema: JsonSchema,
  context: SchemaContext,
  path: readonly string[] = [],
): JsonProblem | undefined {
  const shape = resolveReference(schema, context.root);
  const branches = shape.anyOf ?? shape.oneOf;
  if (branches !== undefined) return branchProblem(node, branches, context, path);
  const wrong = (message: string): JsonProblem => ({
    kind: "value",
    offset: node.offset,
    path,
    message,
    hint: shape.description ?? SEE_SCHEMA,
  });
  if (!hasType(node, shape)) return wrong(`must be ${describeShape(shape)}, not ${describeNode(node)}`);
  if (node.kind === "object") return objectProblem(node, shape, context, path);
  if (node.kind === "array") return arrayProblem(node, shape, context, path, wrong);
  const value = node.value;
  if (shape.const !== undefined && value !== shape.const)
    return wrong(`must be ${JSON.stringify(shape.const)}`);
  if (shape.enum !== undefined && !shape.enum.some((allowed) => allowed === value))
    return wrong(`must be one of ${shape.enum.join(", ")}`);
  if (node.kind === "number") {
    if (shape.minimum !== undefined && node.value < shape.minimum)
      return wrong(`must be at least ${shape.minimum}`);
    if (shape.maximum !== undefined && node.value > shape.maximum)
      return wrong(`must be at most ${shape.maximum}`);
  }
  const problem = node.kind === "string" ? textProblem(node.value, shape, context) : undefined;
  return problem === undefined ? undefined : wrong(problem);
}

const SEE_SCHEMA = "the policy schema, samicerts/policy.schema.json, says what may stand here";

function resolveReference(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const found = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
  if (found === undefined) throw new TypeError(`the schema has no ${schema.$ref}`);
  return found;
}

/** Of several shapes, checks the only one whose type fits; a string may also be any of the constants. */
function branchProblem(
  node: JsonNode,
  branches: readonly JsonSchema[],
  context: SchemaContext,
  path: readonly string[],
): JsonProblem | undefined {
  const shapes = branches.map((branch) => resolveReference(branch, context.root));
  const fitting = shapes.filter((shape) => hasType(node, shape));
  if (fitting.some((shape) => findJsonProblem(node, shape, context, path) === undefined)) return undefined;
  const only = fitting[0];
  if (only !== undefined && fitting.length === 1 && only.const === undefined)
    return findJsonProblem(node, only, context, path);
  return {
    kind: "value",
    offset: node.offset,
    path,
    message: `must be ${shapes.map(describeShape).join(" or ")}, not ${describeNode(node)}`,
    hint: SEE_SCHEMA,
  };
}

function objectProblem(
  node: JsonNode & { kind: "object" },
  shape: JsonSchema,
  context: SchemaContext,
  path: readonly string[],
): JsonProblem | undefined {
  const properties = shape.properties ?? {};
  for (const [key, member] of node.members) {
    const inner = [...path, key];
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const schema = known ?? shape.additionalProperties;
    if (schema === false) return unknownKey(key, member.keyOffset, inner, Object.keys(properties));
    if (shape.propertyNames !== undefined) {
      const name: JsonNode = { kind: "string", offset: member.keyOffset, value: key };
      const problem = findJsonProblem(name, shape.propertyNames, context, inner);
      if (problem !== undefined) return { ...problem, message: `the key ${problem.message}` };
    }
    const problem = schema === undefined ? undefined : findJsonProblem(member.node, schema, context, inner);
    if (problem !== undefined) return problem;
  }
  const missing = shape.required?.find((key) => !node.members.has(key));
  if (missing === undefined) return undefined;
  return {
    kind: "missing-key",
    offset: node.offset,
    path,
    message: `the key ${missing} is missing`,
    hint: properties[missing]?.description ?? `add ${JSON.stringify(missing)}`,
  };
}

function unknownKey(
  key: string,
  offset: number,
  path: readonly string[],
  known: readonly string[],
): JsonProblem {
  const nearest = nearestWord(key, known);
  const choices = known.length === 0 ? "nothing" : known.join(", ");
  return {
    kind: "unknown-key",
    offset,
    path,
    message: "there is no such key",
    hint: nearest === undefined ? `what is known here: ${choices}` : `did you mean ${nearest}?`,
  };
}

function arrayProblem(
  node: JsonNode & { kind: "array" },
  shape: JsonSchema,
  context: SchemaContext,
  path: readonly string[],
  wrong: (message: string) => JsonProblem,
): JsonProblem | undefined {
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = shape;
  if (node.items.length < minItems) return wrong(`must have at least ${minItems} of them`);
  if (node.items.length > maxItems) return wrong(`must have at most ${maxItems} of them`);
  const seen = new Set<unknown>();
  for (const [index, item] of node.items.entries()) {
    const inner = [...path, String(index)];
    const problem = items === undefined ? undefined : findJsonProblem(item, items, context, inner);
    if (problem !== undefined) return problem;
    const value = "value" in item ? item.value : item;
    if (shape.uniqueItems === true && seen.has(value))
      return { ...wrong("is there twice"), offset: item.offset, path: inner, hint: "keep one of the two" };
    seen.add(value);
  }
  return undefined;
}

function textProblem(text: string, shape: JsonSchema, context: SchemaContext): string | undefined {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, format } = shape;
  const length = [...text].length;
  if (length < minLength)
    return minLength === 1 ? "must not be empty" : `must have at least ${minLength} characters`;
  if (length > maxLength) return `must have at most ${maxLength} characters`;
  if (pattern !== undefined && !new RegExp(pattern, "u").test(text))
    return `must match ${pattern}, which ${JSON.stringify(text.slice(0, 64))} does not`;
  return format === undefined ? undefined : context.formats.get(format)?.(text);
}

function hasType(node: JsonNode, shape: JsonSchema): boolean {
  if (shape.type === "integer") return node.kind === "number" && Number.isSafeInteger(node.value);
  const constant = shape.const ?? shape.enum?.[0];
  const type = shape.type ?? (constant === undefined ? undefined : typeof constant);
  return type === undefined || type === node.kind;
}

const SHAPES: ReadonlyMap<string, string> = new Map([
  ["object", "an object"],
  ["array", "a list"],
  ["string", "a string"],
  ["number", "a number"],
  ["integer", "a whole number"],
  ["boolean", "true or false"],
]);

function describeShape(shape: JsonSchema): string {
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.enum !== undefined) return `one of ${shape.enum.join(", ")}`;
  return SHAPES.get(shape.type ?? "") ?? "something else";
}

function describeNode(node: JsonNode): string {
  if (node.kind === "object") return "an object";
  if (node.kind === "array") return "a list";
  return JSON.stringify(node.kind === "string" ? node.value.slice(0, 64) : node.value);
}
