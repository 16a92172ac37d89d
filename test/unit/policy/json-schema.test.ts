import { describe, expect, it } from "vitest";
import { readJson } from "../../../src/policy/json-position.ts";
import { type FormatCheck, findJsonProblem, type JsonSchema } from "../../../src/policy/json-schema.ts";

const FORMATS = new Map<string, FormatCheck>([
  ["even", (text) => (text.length % 2 === 0 ? undefined : "must be even")],
]);

function problem(schema: JsonSchema, value: unknown): string | undefined {
  const node = readJson(JSON.stringify(value), "x.json");
  const found = findJsonProblem(node, schema, { root: schema, formats: FORMATS });
  return found && `${found.offset} ${found.path.join(".")}: ${found.message}`;
}

describe("findJsonProblem", () => {
  it.each<[string, JsonSchema, unknown, unknown, string]>([
    ["type", { type: "boolean" }, true, 1, "0 : must be true or false, not 1"],
    ["type object", { type: "object" }, {}, [], "0 : must be an object, not a list"],
    ["integer", { type: "integer" }, 3, 3.5, "0 : must be a whole number, not 3.5"],
    ["number", { type: "number" }, 3.5, "3", '0 : must be a number, not "3"'],
    ["const", { const: "off" }, "off", "on", '0 : must be "off"'],
    ["enum", { enum: ["a", "b"] }, "b", "c", "0 : must be one of a, b"],
    ["enum of another type", { enum: ["a", "b"] }, "a", 5, "0 : must be one of a, b, not 5"],
    ["minimum", { type: "integer", minimum: 2 }, 2, 1, "0 : must be at least 2"],
    ["maximum", { type: "integer", maximum: 2 }, 2, 3, "0 : must be at most 2"],
    ["minLength", { type: "string", minLength: 1 }, "a", "", "0 : must not be empty"],
    ["maxLength", { type: "string", maxLength: 1 }, "\u{1F600}", "ab", "0 : must have at most 1 characters"],
    ["pattern", { type: "string", pattern: "^a$" }, "a", "b", '0 : must match ^a$, which "b" does not'],
    ["format", { type: "string", format: "even" }, "ab", "a", "0 : must be even"],
    ["unknown format", { type: "string", format: "odd" }, "ab", 1, "0 : must be a string, not 1"],
    [
      "items",
      { type: "array", items: { type: "integer" } },
      [1],
      [1, "x"],
      '3 1: must be a whole number, not "x"',
    ],
    ["minItems", { type: "array", minItems: 1 }, [1], [], "0 : must have at least 1 of them"],
    ["maxItems", { type: "array", maxItems: 1 }, [1], [1, 2], "0 : must have at most 1 of them"],
    ["uniqueItems", { type: "array", uniqueItems: true }, ["a", "b"], ["a", "b", "a"], "9 2: is there twice"],
    [
      "properties",
      { properties: { a: { type: "string" } } },
      { a: "x" },
      { a: 1 },
      "5 a: must be a string, not 1",
    ],
    [
      "additionalProperties: false",
      { properties: { abc: {} }, additionalProperties: false },
      { abc: 1 },
      { abd: 1 },
      "1 abd: there is no such key",
    ],
    [
      "additionalProperties: schema",
      { type: "object", additionalProperties: { type: "string" } },
      { x: "y" },
      { x: 1 },
      "5 x: must be a string, not 1",
    ],
    [
      "propertyNames",
      { type: "object", propertyNames: { type: "string", pattern: "^[a-z]$" } },
      { x: 1 },
      { X: 1 },
      '1 X: the key must match ^[a-z]$, which "X" does not',
    ],
    ["required", { type: "object", required: ["a"] }, { a: 1 }, { b: 1 }, "0 : the key a is missing"],
    [
      "anyOf by type",
      { anyOf: [{ const: "off" }, { type: "object", additionalProperties: false, properties: {} }] },
      {},
      { a: 1 },
      "1 a: there is no such key",
    ],
    [
      "anyOf of no fitting type",
      { anyOf: [{ const: "off" }, { type: "object" }] },
      "off",
      "on",
      '0 : must be "off" or an object, not "on"',
    ],
    [
      "oneOf",
      { oneOf: [{ const: "absent" }, { type: "integer", minimum: 0 }] },
      0,
      -1,
      "0 : must be at least 0",
    ],
    [
      "$ref",
      { properties: { a: { $ref: "#/$defs/n" } }, $defs: { n: { type: "integer" } } },
      { a: 1 },
      { a: "1" },
      '5 a: must be a whole number, not "1"',
    ],
  ])("checks %s", (_, schema, good, bad, message) => {
    expect(problem(schema, good)).toBeUndefined();
    expect(problem(schema, bad)).toBe(message);
  });

  it("does not take inherited properties for keys of the schema", () => {
    expect(problem({ properties: {}, additionalProperties: false }, { constructor: 1 })).toBe(
      "1 constructor: there is no such key",
    );
  });

  it("names the first problem in the order of the document", () => {
    const schema: JsonSchema = {
      properties: { a: { type: "string" }, b: { type: "string" } },
      required: ["c"],
    };
    expect(problem(schema, { b: 1, a: 1 })).toBe("5 b: must be a string, not 1");
  });

  it("suggests the key that was probably meant", () => {
    const schema: JsonSchema = { properties: { severity: {}, source: {} }, additionalProperties: false };
    const hint = (key: string): string | undefined =>
      findJsonProblem(readJson(JSON.stringify({ [key]: 1 }), "x"), schema, { root: schema, formats: FORMATS })
        ?.hint;
    expect(hint("severty")).toBe("did you mean severity?");
    expect(hint("zzz")).toBe("what is known here: severity, source");
  });
});
