import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { isPkcs11Uri, parsePkcs11Uri } from "../../../src/keys/pkcs11-uri.ts";
import { describeKey, describeToken, formatPkcs11Uri } from "../../../src/keys/pkcs11-uri-format.ts";

function refused(uri: string): SamicertsError {
  try {
    parsePkcs11Uri(uri);
  } catch (error) {
    if (error instanceof SamicertsError) return error;
    throw error;
  }
  throw new Error(`${uri} was read`);
}

describe("parsePkcs11Uri", () => {
  it("reads every attribute, percent-encoded where it must be", () => {
    expect(
      parsePkcs11Uri(
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;serial=a1;model=1.0;" +
          "slot-id=18446744073709551615;slot-description=d;slot-manufacturer=m;object=my-%C3%A9;id=%69%95%3e%00;" +
          "type=private?module-path=/usr/lib/x.so&module-name=x&pin-source=file:/etc/a%26b|c?d",
      ),
    ).toEqual({
      token: "The Software PKCS#11 Softtoken",
      manufacturer: "Snake Oil, Inc.",
      serial: "a1",
      model: "1.0",
      slotId: 0xffff_ffff_ffff_ffffn,
      slotDescription: "d",
      slotManufacturer: "m",
      object: "my-é",
      id: Uint8Array.of(0x69, 0x95, 0x3e, 0),
      type: "private",
      modulePath: "/usr/lib/x.so",
      moduleName: "x",
      pinSource: "file:/etc/a&b|c?d",
    });
  });

  it("takes what RFC 7512 leaves free as it is: & in the path, / in the query", () => {
    expect(parsePkcs11Uri("PKCS11:object=a&b=[c]@d!e$f'g(h)i*j+k,l:m")).toEqual({
      object: "a&b=[c]@d!e$f'g(h)i*j+k,l:m",
    });
    expect(parsePkcs11Uri("pkcs11:")).toEqual({});
    expect(parsePkcs11Uri("pkcs11:?module-name=x")).toEqual({ moduleName: "x" });
  });

  it.each([
    ["pkcs:token=x", "does not begin with pkcs11:"],
    ["pkcs11:token", "a part of its path is not name=value"],
    ["pkcs11:;", "a part of its path is not name=value"],
    ["pkcs11:token=a;", "a part of its path is not name=value"],
    ["pkcs11:token=a;token=b", "token is given twice"],
    ["pkcs11:?module-name=a&module-name=b", "module-name is given twice"],
    ["pkcs11:token=", "token is empty"],
    ["pkcs11:id=", "id is empty"],
    ["pkcs11:token=a b", 'must be percent-encoded: " "'],
    ["pkcs11:token=a/b", 'must be percent-encoded: "/"'],
    ["pkcs11:token=100%", 'must be percent-encoded: "%"'],
    ["pkcs11:token=%4", 'must be percent-encoded: "%"'],
    ["pkcs11:token=%zz", 'must be percent-encoded: "%"'],
    ["pkcs11:token=a#b", 'must be percent-encoded: "#"'],
    ["pkcs11:token=é", 'must be percent-encoded: "é"'],
    ["pkcs11:token=a\n", "must be percent-encoded"],
    ["pkcs11:token=%ff", "the value of token is not UTF-8"],
    ["pkcs11:token=%00", "has a NUL in it"],
    ["pkcs11:?module-path=/x%00.so", "has a NUL in it"],
    ["pkcs11:slot-id=-1", "slot-id is not a whole number"],
    ["pkcs11:slot-id=0x1", "slot-id is not a whole number"],
    ["pkcs11:slot-id=18446744073709551616", "slot-id is not a whole number"],
    ["pkcs11:type=key", "type can't be that"],
    ["pkcs11:type=cert", "type=cert is not a private key"],
    ["pkcs11:?module-name=../x", "module-name is a path"],
    ["pkcs11:?token=x", "token does not belong into its query"],
    ["pkcs11:pin-source=x", "pin-source does not belong into its path"],
    ["pkcs11:tokn=x", "not known here, tokn"],
    ["pkcs11:x-vendor=1", "not known here, x-vendor"],
    [`pkcs11:token=${"a".repeat(5000)}`, "longer than 4096 characters"],
  ])("refuses %s", (uri, why) => {
    const error = refused(uri);
    expect(error).toMatchObject({ kind: "input", code: "uri.malformed" });
    expect(error.message).toContain(why);
    expect(error.hint).not.toBe("");
  });

  it.each([
    "pkcs11:token=x?pin-value=4711",
    "pkcs11:token=x?pin-value=47%2011",
    "pkcs11:token=x?pin-value=47 11&module-name=m",
    "pkcs11:token=x y?module-name=m&pin-value=4711",
    "pkcs11:token=x?pin-value=",
  ])("takes no PIN in the URI itself, and does not repeat it: %s", (uri) => {
    const error = refused(uri);
    expect(error).toMatchObject({ kind: "input", code: "token.pin-in-uri" });
    expect(`${error.message} ${error.hint}`).not.toMatch(/47.*11/);
  });

  it("says how to encode what must be encoded", () => {
    expect(refused("pkcs11:token=a b").hint).toBe("write %20 for it");
    expect(refused("pkcs11:token=é").hint).toBe("write %C3%A9 for it");
    expect(refused("pkcs11:tokn=x").hint).toBe("did you mean token?");
  });
});

describe("isPkcs11Uri", () => {
  it("goes by the scheme", () => {
    expect(["pkcs11:", "PKCS11:x", "pkcs11", "./pkcs11:", "file:x"].map(isPkcs11Uri)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("a URI in words", () => {
  it("is written so that every shell takes it in quotes, and any parser reads it", () => {
    const uri = "pkcs11:token=a%20%26%20b;id=%00%FF?module-path=/x/y.so&pin-source=file:/p";
    expect(formatPkcs11Uri(parsePkcs11Uri(uri))).toBe(uri);
    expect(formatPkcs11Uri({})).toBe("pkcs11:");
  });

  it.each([
    ["pkcs11:token=vendor;object=root", '"root" in the token "vendor"'],
    ["pkcs11:token=vendor;serial=1;id=%01%ff", 'with id 01ff in the token "vendor" (serial 1)'],
    ["pkcs11:serial=1", "of any name in the token with serial 1"],
    ["pkcs11:slot-id=0;object=x", '"x" in slot 0'],
    ["pkcs11:model=M;manufacturer=N;object=x", '"x" in the token of N M'],
    ["pkcs11:object=x", '"x" in the token'],
  ])("%s", (uri, words) => {
    expect(describeKey(parsePkcs11Uri(uri))).toBe(words);
    expect(words.endsWith(describeToken(parsePkcs11Uri(uri)))).toBe(true);
  });
});
