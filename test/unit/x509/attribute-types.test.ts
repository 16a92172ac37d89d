import { describe, expect, it } from "vitest";
import {
  ATTRIBUTE_TYPES,
  attributeLabel,
  attributeTypeByName,
  attributeTypeByOid,
} from "../../../src/x509/attribute-types.ts";
import { TAG } from "../../../src/x509/tag.ts";

describe("the table of attribute types", () => {
  it("has each OID, and each name in any case, once", () => {
    const oids = ATTRIBUTE_TYPES.map(({ oid }) => oid);
    const names = ATTRIBUTE_TYPES.flatMap(({ short, long, aliases }) =>
      Array.from(new Set([short.toLowerCase(), long.toLowerCase(), ...aliases])),
    );
    expect(oids.length).toBeGreaterThan(25);
    expect(new Set(oids).size).toBe(oids.length);
    expect(new Set(names).size).toBe(names.length);
  });

  it("finds a type by every name it has and by its OID", () => {
    for (const type of ATTRIBUTE_TYPES)
      for (const name of [type.short, type.long, type.short.toUpperCase(), ...type.aliases, type.oid])
        expect(attributeTypeByName(name)).toBe(type);
    expect(attributeTypeByName("constructor")).toBeUndefined();
    expect(attributeTypeByName("")).toBeUndefined();
  });

  it("has RFC 5280's upper bounds and string types", () => {
    const bounds = Object.fromEntries(ATTRIBUTE_TYPES.map(({ short, maxLength }) => [short, maxLength]));
    expect(bounds).toMatchObject({
      C: 2,
      ST: 128,
      L: 128,
      O: 64,
      OU: 64,
      CN: 64,
      serialNumber: 64,
      title: 64,
      emailAddress: 255,
      pseudonym: 128,
      SN: 32768,
      GN: 32768,
      initials: 32768,
    });
    expect(attributeTypeByOid("2.5.4.46")).not.toHaveProperty("maxLength");
    const narrow = ATTRIBUTE_TYPES.filter(({ tag }) => tag !== TAG.utf8String).map(({ short }) => short);
    expect(narrow.sort()).toEqual([
      "C",
      "DC",
      "dnQualifier",
      "emailAddress",
      "jurisdictionC",
      "serialNumber",
    ]);
  });

  it("labels a type with its short name, an unknown one with its OID", () => {
    expect(attributeLabel("2.5.4.3")).toBe("CN");
    expect(attributeLabel("1.2.3.4")).toBe("1.2.3.4");
  });
});
