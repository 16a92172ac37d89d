import { describe, expect, it } from "vitest";
import { ROLES } from "../../../../src/policy/policy.ts";
import { RULES } from "../../../../src/policy/rules/index.ts";

describe("RULES", () => {
  it("have ids of their own, in kebab-case", () => {
    const ids = RULES.map((rule) => rule.id);
    expect(ids.length).toBeGreaterThan(50);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it("say in one sentence what they ask for, and where that is written", () => {
    for (const { id, title, citation } of RULES) {
      expect(title, id).toMatch(/^\S.*\.$/);
      expect(citation, id).toMatch(/[A-Z]{2,}|Matter/);
    }
  });

  it("concern at least one role, and each role once", () => {
    for (const { id, roles } of RULES) {
      expect(roles.length, id).toBeGreaterThan(0);
      expect(roles, id).toEqual(ROLES.filter((role) => roles.includes(role)));
    }
  });

  it("describe every parameter in words and allow no others", () => {
    const described = RULES.flatMap((rule) => (rule.parameters === undefined ? [] : [rule.parameters]));
    expect(described.length).toBeGreaterThan(20);
    for (const schema of described) {
      expect(schema).toMatchObject({ type: "object", additionalProperties: false });
      const properties = schema.properties as Record<string, { description?: string }>;
      for (const [name, property] of Object.entries(properties))
        expect(property.description, name).toMatch(/\S/);
      for (const name of (schema.required ?? []) as string[]) expect(properties).toHaveProperty(name);
    }
  });
});
