import { SamicertsError } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";
import type { PolicyDocument, PolicyLayer } from "./document.ts";
import { type JsonNode, jsonPosition, jsonValue, readJson } from "./json-position.ts";
import { findJsonProblem, type JsonProblem } from "./json-schema.ts";
import { policySchema } from "./policy-schema.ts";
import type { Rule } from "./rule.ts";
import { SCHEMA_FORMATS } from "./schema-formats.ts";

/**
 * Reads a policy file's text and checks it against the policy language and every rule's parameters.
 * `file` names it in errors. Throws `policy.*` with `file:line:column: key.path: what is wrong`.
 */
export function readPolicy(text: string, file: string, rules: readonly Rule[]): PolicyLayer {
  const node = readJson(text, file);
  const where = (path: readonly string[]): string => locate(node, path, text, file);
  const schema = policySchema(rules);
  const problem = findJsonProblem(node, schema, { root: schema, formats: SCHEMA_FORMATS });
  if (problem !== undefined) throw problemError(problem, text, file, rules);
  const document = jsonValue(node) as PolicyDocument;
  checkValidity(document, where);
  return { origin: file, document, where };
}

/** A policy's error at a place that `where` wrote. */
export function policyError(code: string, place: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "input", code: `policy.${code}`, message: `${place}: ${message}`, hint });
}

/** A path of keys and indexes as errors write it: `rules.key-algorithm.parameters.allow[0]`. */
export function formatKeyPath(path: readonly string[]): string {
  return path
    .map((key, index) => {
      if (/^\d+$/.test(key) && index > 0) return `[${key}]`;
      const name = /^[\w$-]{1,64}$/.test(key) ? key : JSON.stringify(key.slice(0, 64));
      return index === 0 ? name : `.${name}`;
    })
    .join("");
}

/** Where the last key of `path` that is there stands. */
function locate(top: JsonNode, path: readonly string[], text: string, file: string): string {
  let node: JsonNode | undefined = top;
  let offset = top.offset;
  for (const key of path) {
    const member: { keyOffset: number; node: JsonNode } | undefined =
      node?.kind === "object" ? node.members.get(key) : undefined;
    const item: JsonNode | undefined = node?.kind === "array" ? node.items[Number(key)] : undefined;
    offset = member?.keyOffset ?? item?.offset ?? offset;
    node = member?.node ?? item;
  }
  return `${file}:${jsonPosition(text, offset)}: ${formatKeyPath(path)}`;
}

function problemError(
  problem: JsonProblem,
  text: string,
  file: string,
  rules: readonly Rule[],
): SamicertsError {
  const { kind, path, offset, message, hint } = problem;
  const position = `${file}:${jsonPosition(text, offset)}`;
  const place = path.length === 0 ? position : `${position}: ${formatKeyPath(path)}`;
  if (kind !== "unknown-key" || path[0] !== "rules" || path.length !== 2)
    return policyError(kind === "value" ? "value" : kind, place, message, hint);
  const ids = rules.map((rule) => rule.id);
  const nearest = nearestWord(path[1] ?? "", ids);
  const look = "`samicerts policy show rfc5280` lists the rules";
  return policyError(
    "unknown-rule",
    place,
    "there is no such rule",
    nearest === undefined ? look : `did you mean ${nearest}? ${look}`,
  );
}

function checkValidity(document: PolicyDocument, where: PolicyLayer["where"]): void {
  for (const [role, issue] of Object.entries(document.issue ?? {}))
    if (issue.noExpiry === true && issue.validityDays !== undefined)
      throw policyError(
        "value",
        where(["issue", role, "noExpiry"]),
        "contradicts validityDays",
        "give one of the two",
      );
}
