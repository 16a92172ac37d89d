import { describe, expect, it } from "vitest";
import { findAttributeType, makeAttribute } from "../../../src/x509/attribute-value.ts";
import { TAG } from "../../../src/x509/tag.ts";

describe("findAttributeType", () => {
  it("takes names, dotted OIDs, and OIDs with OID. before them", () => {
    expect(findAttributeType("ou")).toMatchObject({ oid: "2.5.4.11", tag: TAG.utf8String });
    expect(findAttributeType("OID.2.5.4.6")).toMatchObject({ oid: "2.5.4.6", tag: TAG.printableString });
    expect(findAttributeType("1.2.3.4")).toEqual({ oid: "1.2.3.4", tag: TAG.utf8String });
  });

  it.each(["", "X", "oid.cn", "2", "3.1.2", "2.5.4.03"])("refuses %j", (typed) => {
    expect(() => findAttributeType(typed)).toThrow(
      expect.objectContaining({ code: "name.unknown-attribute" }),
    );
  });
});

describe("makeAttribute", () => {
  it("makes an attribute in its type's string type", () => {
    expect(makeAttribute("C", "KR")).toEqual({ oid: "2.5.4.6", tag: TAG.printableString, text: "KR" });
    expect(makeAttribute("cn", "x".repeat(64)).text).toHaveLength(64);
    expect(makeAttribute("CN", "😀".repeat(64)).text).toHaveLength(128);
  });

  it("names the attribute alone where there is no text to point into", () => {
    expect(() => makeAttribute("CN", "")).toThrow(/^CN is empty$/);
    expect(() => makeAttribute("CN", "x".repeat(65))).toThrow(/^CN "x{40}\.\.\." has 65 characters/);
  });
});
