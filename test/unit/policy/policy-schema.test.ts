import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../../../src/policy/json-schema.ts";
import { policySchema } from "../../../src/policy/policy-schema.ts";
import { RULES } from "../../../src/policy/rules/index.ts";
import { SCHEMA_FORMATS } from "../../../src/policy/schema-formats.ts";

/** What the validator knows; anything else in a schema would be silently passed over. */
const KEYWORDS = new Set(
  "$schema $ref $defs title description default type const enum properties required additionalProperties propertyNames items minItems maxItems uniqueItems minimum maximum pattern minLength maxLength format anyOf oneOf".split(
    " ",
  ),
);

/** Every schema within a schema, itself included. */
function walk(schema: JsonSchema): JsonSchema[] {
  const {
    properties = {},
    $defs = {},
    anyOf = [],
    oneOf = [],
    items,
    propertyNames,
    additionalProperties,
  } = schema;
  const closed = additionalProperties === false ? undefined : additionalProperties;
  const inner = [
    ...Object.values(properties),
    ...Object.values($defs),
    ...anyOf,
    ...oneOf,
    items,
    propertyNames,
    closed,
  ];
  return [schema, ...inner.filter((child) => child !== undefined).flatMap(walk)];
}

const schema = policySchema(RULES);
const everySchema = walk(schema);

describe("policySchema", () => {
  it("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
  });

  it("has every rule, closed", () => {
    const rules = schema.properties?.rules;
    expect(Object.keys(rules?.properties ?? {})).toEqual(RULES.map((rule) => rule.id));
    expect(RULES.length).toBeGreaterThan(40);
    const objects = everySchema.filter((inner) => inner.properties !== undefined);
    expect(objects.filter((inner) => inner.additionalProperties !== false)).toEqual([]);
    expect(objects.length).toBeGreaterThan(RULES.length);
  });

  it("uses only keywords, formats and references that the validator knows", () => {
    const keywords = new Set(everySchema.flatMap((inner) => Object.keys(inner)));
    expect([...keywords].filter((keyword) => !KEYWORDS.has(keyword))).toEqual([]);
    const formats = new Set(
      everySchema.map((inner) => inner.format).filter((format) => format !== undefined),
    );
    expect([...formats].filter((format) => !SCHEMA_FORMATS.has(format))).toEqual([]);
    expect(formats.size).toBeGreaterThan(4);
    const references = new Set(everySchema.map((inner) => inner.$ref).filter((found) => found !== undefined));
    const definitions = Object.keys(schema.$defs ?? {}).map((name) => `#/$defs/${name}`);
    expect([...references].sort()).toEqual(definitions.sort());
    expect(definitions).toContain("#/$defs/parameters-key-usage");
  });

  it("requires nothing that it does not have, and has patterns that compile", () => {
    for (const inner of everySchema) {
      for (const key of inner.required ?? []) expect(Object.keys(inner.properties ?? {})).toContain(key);
      if (inner.pattern !== undefined) expect(new RegExp(inner.pattern, "u").source).toBe(inner.pattern);
    }
  });

  it("describes every parameter of every rule", () => {
    const parameters = RULES.flatMap((rule) =>
      Object.entries((rule.parameters as JsonSchema | undefined)?.properties ?? {}).map(
        ([name, parameter]) => [`${rule.id}.${name}`, parameter.description ?? ""] as const,
      ),
    );
    expect(parameters.length).toBeGreaterThan(20);
    expect(parameters.filter(([, description]) => description === "")).toEqual([]);
  });
});
