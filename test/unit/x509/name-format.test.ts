import { describe, expect, it } from "vitest";
import { encodeName, type NameAttribute } from "../../../src/x509/name.ts";
import { formatName } from "../../../src/x509/name-format.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { TAG } from "../../../src/x509/tag.ts";

/** A name of one attribute as a stranger's certificate may have it, written without our checks. */
const stranger = (text: string, oid = "2.5.4.3", tag: number = TAG.utf8String) => ({
  der: new Uint8Array(),
  rdns: [[{ oid, tag, text } satisfies NameAttribute]],
});

describe("formatName", () => {
  it("writes the slash form unless asked for the other", () => {
    const name = parseName("/C=US/O=MyOrg/CN=x");
    expect(formatName(name)).toBe("/C=US/O=MyOrg/CN=x");
    expect(formatName(name, "slash")).toBe("/C=US/O=MyOrg/CN=x");
    expect(formatName(name, "rfc4514")).toBe("CN=x,O=MyOrg,C=US");
  });

  it("writes nothing for an empty name", () => {
    expect(formatName(encodeName([]))).toBe("");
    expect(formatName(encodeName([]), "rfc4514")).toBe("");
  });

  it.each([
    ["a/b+c\\d", String.raw`/CN=a\/b\+c\\d`, String.raw`CN=a/b\+c\\d`],
    ['a,b"c<d>e;f=g', '/CN=a,b"c<d>e;f=g', String.raw`CN=a\,b\"c\<d\>e\;f=g`],
    ["#a", "/CN=#a", String.raw`CN=\#a`],
    [" a ", "/CN= a ", String.raw`CN=\ a\ `],
    ["  a  ", "/CN=  a  ", String.raw`CN=\  a \ `],
    ["a,O=b", String.raw`/CN=a\,O=b`, String.raw`CN=a\,O=b`],
    ["a/O=b", String.raw`/CN=a\/O=b`, String.raw`CN=a\2FO=b`],
    ["Gerät 😀", "/CN=Gerät 😀", "CN=Gerät 😀"],
    ["می‌خواهم", "/CN=می‌خواهم", "CN=می‌خواهم"],
    ["a\u202eb", String.raw`/CN=a\xE2\x80\xAEb`, String.raw`CN=a\E2\80\AEb`],
    ["a\u00adb", String.raw`/CN=a\xC2\xADb`, String.raw`CN=a\C2\ADb`],
    ["\\x41", String.raw`/CN=\\x41`, String.raw`CN=\\x41`],
  ])("escapes %j so that it reads back", (text, slash, rfc4514) => {
    const name = encodeName([[{ oid: "2.5.4.3", tag: TAG.utf8String, text }]]);
    expect(formatName(name)).toBe(slash);
    expect(formatName(name, "rfc4514")).toBe(rfc4514);
    expect(parseName(slash)).toEqual(name);
    expect(parseName(rfc4514)).toEqual(name);
  });

  it.each([
    ["\u001b[31mred", String.raw`/CN=\x1B[31mred`, String.raw`CN=\1B[31mred`],
    ["a\0b", String.raw`/CN=a\x00b`, String.raw`CN=a\00b`],
    ["a\u009bb", String.raw`/CN=a\xC2\x9Bb`, String.raw`CN=a\C2\9Bb`],
    ["a\u2028b", String.raw`/CN=a\xE2\x80\xA8b`, String.raw`CN=a\E2\80\A8b`],
  ])("keeps %j from the terminal", (text, slash, rfc4514) => {
    expect(formatName(stranger(text))).toBe(slash);
    expect(formatName(stranger(text), "rfc4514")).toBe(rfc4514);
  });

  it("writes types without a name as dotted OIDs, in RFC 4514's style with the value in hex", () => {
    const name = stranger("#a", "1.2.3.4");
    expect(formatName(name)).toBe(String.raw`/1.2.3.4=\#a`);
    expect(formatName(name, "rfc4514")).toBe("1.2.3.4=#0c022361");
  });

  it("writes a value that is no string in hex", () => {
    const name = encodeName([[{ oid: "2.5.4.3", tag: TAG.null, text: "#0500" }]]);
    expect(formatName(name)).toBe("/2.5.4.3=#0500");
    expect(formatName(name, "rfc4514")).toBe("CN=#0500");
    expect(parseName("/2.5.4.3=#0500")).toEqual(name);
    expect(parseName("CN=#0500")).toEqual(name);
  });

  it("joins the attributes of one RDN with +", () => {
    const name = parseName("/C=US/CN=x+OU=y");
    expect(formatName(name)).toBe("/C=US/CN=x+OU=y");
    expect(formatName(name, "rfc4514")).toBe("CN=x+OU=y,C=US");
  });
});
