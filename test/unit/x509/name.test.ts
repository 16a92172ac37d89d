import { describe, expect, it } from "vitest";
import { DerReader } from "../../../src/x509/der-reader.ts";
import { encode, encodeOid, encodeSequence, encodeSetOf } from "../../../src/x509/der-writer.ts";
import {
  attributeValues,
  decodeAttribute,
  encodeName,
  type Name,
  type NameAttribute,
  readName,
} from "../../../src/x509/name.ts";
import { TAG } from "../../../src/x509/tag.ts";

const CN = "2.5.4.3";
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const read = (der: Uint8Array): Name => {
  const reader = new DerReader(der);
  const name = readName(reader, "name");
  reader.end("name");
  return name;
};
const readHex = (digits: string): Name => read(Buffer.from(digits.replaceAll(" ", ""), "hex"));
const attribute = (oid: string, text: string, tag: number = TAG.utf8String): NameAttribute => ({
  oid,
  tag,
  text,
});
const pair = (oid: string, tag: number, content: string): Uint8Array =>
  encodeSequence(encodeOid(oid), encode(tag, Buffer.from(content, "hex")));
const nameOf = (tag: number, content: string): Uint8Array =>
  encodeSequence(encode(TAG.set, pair(CN, tag, content)));

describe("readName", () => {
  it("reads the RDNs in order and keeps the octets it read", () => {
    const name = readHex(
      "301f 310b 3009 0603550406 1302 5553 3110 300e 0603550403 0c07 4465766963 6573".replace(
        " 6573",
        "65 73",
      ),
    );
    expect(name.rdns).toEqual([
      [attribute("2.5.4.6", "US", TAG.printableString)],
      [attribute(CN, "Devices")],
    ]);
    expect(hex(name.der)).toBe(
      "301f310b3009060355040613025553311030 0e06035504030c0744657669636573".replace(" ", ""),
    );
  });

  it("gives the slice of the input that is the name, and leaves the reader behind it", () => {
    const bytes = Uint8Array.from([...nameOf(TAG.utf8String, "78"), 5, 0]);
    const reader = new DerReader(bytes);
    const { der } = readName(reader, "name");
    expect(der.buffer).toBe(bytes.buffer);
    expect(der.length).toBe(bytes.length - 2);
    expect(reader.peek()).toBe(TAG.null);
  });

  it("reads an empty name", () => {
    expect(readHex("3000").rdns).toEqual([]);
  });

  it("reads several attributes in one RDN, in DER's order", () => {
    const der = encodeSequence(
      encodeSetOf([pair(CN, TAG.utf8String, "78"), pair("2.5.4.6", TAG.printableString, "5553")]),
    );
    expect(read(der).rdns).toEqual([[attribute(CN, "x"), attribute("2.5.4.6", "US", TAG.printableString)]]);
  });

  it.each([
    ["UTF8String", TAG.utf8String, "c3a9f09f9880", "é😀"],
    ["PrintableString", TAG.printableString, "41 2061 27282b".replaceAll(" ", ""), "A a'(+"],
    ["IA5String", TAG.ia5String, "614062", "a@b"],
    ["NumericString", TAG.numericString, "302039", "0 9"],
    ["VisibleString", TAG.visibleString, "7e21", "~!"],
    ["TeletexString", TAG.teletexString, "e97f", "é\u007f"],
    ["BMPString", TAG.bmpString, "00e94e2d", "é中"],
    ["UniversalString", TAG.universalString, "000000e90001f600", "é😀"],
    ["an empty UTF8String", TAG.utf8String, "", ""],
  ])("reads %s", (_, tag, content, text) => {
    expect(read(nameOf(tag, content)).rdns).toEqual([[attribute(CN, text, tag)]]);
  });

  it("keeps a value that is no string as the hex of its element", () => {
    expect(read(nameOf(TAG.bitString, "0054")).rdns).toEqual([[attribute(CN, "#03020054", TAG.bitString)]]);
  });

  it("reads values longer than the short form of lengths", () => {
    const text = "x".repeat(200);
    expect(attributeValues(read(nameOf(TAG.utf8String, hex(Buffer.from(text)))), CN)).toEqual([text]);
  });

  it("reads OIDs outside X.520 and the largest arc within it", () => {
    for (const oid of ["0.9.2342.19200300.100.1.25", "2.5.4.127", "2.5.4.128", "1.3.6.1.4.1.37244.2.1"])
      expect(read(encodeSequence(encode(TAG.set, pair(oid, TAG.ia5String, "78")))).rdns[0]?.[0]?.oid).toBe(
        oid,
      );
  });

  it.each([
    ["an @ in a PrintableString", nameOf(TAG.printableString, "4140"), "der.string"],
    ["an underscore in a PrintableString", nameOf(TAG.printableString, "5f"), "der.string"],
    ["a letter in a NumericString", nameOf(TAG.numericString, "3141"), "der.string"],
    ["an octet over 7F in an IA5String", nameOf(TAG.ia5String, "e9"), "der.string"],
    ["a line feed in a VisibleString", nameOf(TAG.visibleString, "0a"), "der.string"],
    ["an overlong UTF-8 slash", nameOf(TAG.utf8String, "c0af"), "der.string"],
    ["a surrogate in UTF-8", nameOf(TAG.utf8String, "eda080"), "der.string"],
    ["UTF-8 over U+10FFFF", nameOf(TAG.utf8String, "f4908080"), "der.string"],
    ["UTF-8 cut off", nameOf(TAG.utf8String, "78c3"), "der.string"],
    ["half a character in a BMPString", nameOf(TAG.bmpString, "004100"), "der.string"],
    ["a surrogate pair in a BMPString", nameOf(TAG.bmpString, "d83dde00"), "der.string"],
    ["a UniversalString not of whole characters", nameOf(TAG.universalString, "0041"), "der.string"],
    ["a UniversalString over U+10FFFF", nameOf(TAG.universalString, "00110000"), "der.string"],
    ["a surrogate in a UniversalString", nameOf(TAG.universalString, "0000d800"), "der.string"],
    ["an RDN without an attribute", encodeSequence(encode(TAG.set)), "der.empty"],
    [
      "attributes out of order",
      encodeSequence(
        encode(TAG.set, pair("2.5.4.6", TAG.printableString, "5553"), pair(CN, TAG.utf8String, "78")),
      ),
      "der.set-order",
    ],
    [
      "an attribute twice",
      encodeSequence(encode(TAG.set, pair(CN, TAG.utf8String, "78"), pair(CN, TAG.utf8String, "78"))),
      "der.set-order",
    ],
    ["a SEQUENCE for a SET", Buffer.from("300c300a300806035504030c0178", "hex"), "der.tag"],
    ["an RDN that runs past the name", Buffer.from("300a310a300806035504030c0178", "hex"), "der.truncated"],
    ["a value that runs past its pair", Buffer.from("300c310a300806035504030c0278", "hex"), "der.truncated"],
    [
      "more in a pair than type and value",
      Buffer.from("300e310c300a06035504030c01780500", "hex"),
      "der.trailing",
    ],
    [
      "a pair without a value",
      Buffer.from("30093107300506035504 03".replace(" ", ""), "hex"),
      "der.truncated",
    ],
    [
      "a length not in its shortest form",
      Buffer.from("300d310b30090603550403 0c810178".replace(" ", ""), "hex"),
      "der.length",
    ],
    ["a constructed string", nameOf(0x2c, "0c0178"), undefined],
    [
      "an OID with an arc not in its shortest form",
      Buffer.from("300c310a300806038055030c0178", "hex"),
      "der.oid",
    ],
  ])("judges %s", (_, der, code) => {
    const problem = (() => {
      try {
        return read(der).rdns[0]?.[0]?.text;
      } catch (error) {
        return (error as { code: string }).code;
      }
    })();
    // A constructed string is BER; as a value it is like any other that is no string: kept as what it is.
    expect(problem).toBe(code ?? "#2c030c0178");
  });

  it("says where the wrong octet is", () => {
    expect(() => read(nameOf(TAG.printableString, "4140"))).toThrow(
      "name at byte 14: a PrintableString can't have the octet 40",
    );
  });
});

describe("encodeName", () => {
  it("writes each value in its own string type", () => {
    const rdns = [
      [attribute("2.5.4.6", "US", TAG.printableString)],
      [attribute("0.9.2342.19200300.100.1.25", "example", TAG.ia5String)],
      [attribute(CN, "é中", TAG.bmpString)],
      [attribute(CN, "é😀", TAG.universalString)],
      [attribute(CN, "é", TAG.teletexString)],
      [attribute(CN, "12", TAG.numericString)],
      [attribute(CN, "~", TAG.visibleString)],
      [attribute(CN, "😀", TAG.utf8String)],
      [attribute("1.2.3.4", "#0500", TAG.null)],
    ];
    const name = encodeName(rdns);
    expect(name.rdns).toEqual(rdns);
    expect(read(name.der)).toEqual(name);
    expect(hex(name.der)).toContain("1e0400e94e2d");
    expect(hex(name.der)).toContain("1c08000000e90001f600");
  });

  it("sorts the attributes of an RDN as DER's SET OF", () => {
    const name = encodeName([[attribute("2.5.4.6", "US", TAG.printableString), attribute(CN, "x")]]);
    expect(name.rdns[0]?.map(({ oid }) => oid)).toEqual([CN, "2.5.4.6"]);
    expect(read(name.der)).toEqual(name);
  });

  it("writes values around the length where the form of lengths changes", () => {
    for (let length = 90; length <= 130; length++) {
      const name = encodeName([[attribute(CN, "x".repeat(length))]]);
      expect(read(name.der)).toEqual(name);
    }
  });

  it.each([
    [
      "a control character",
      attribute(CN, "a\nb"),
      "name.charset",
      "CN has the control character U+000A in it",
    ],
    ["a NUL", attribute(CN, "a\0b"), "name.charset", "CN has the control character U+0000 in it"],
    ["a C1 control character", attribute(CN, "a\u0085b"), "name.charset", "U+0085"],
    ["half a surrogate pair", attribute(CN, "a\ud800b"), "name.charset", "U+D800"],
    [
      "what a PrintableString has not",
      attribute("2.5.4.5", "a_b", TAG.printableString),
      "name.charset",
      '"_" (U+005F)',
    ],
    [
      "what an IA5String has not",
      attribute("1.2.840.113549.1.9.1", "é@x", TAG.ia5String),
      "name.charset",
      "an IA5String",
    ],
    ["what a BMPString has not", attribute(CN, "😀", TAG.bmpString), "name.charset", "U+1F600"],
    ["what a TeletexString has not", attribute(CN, "中", TAG.teletexString), "name.charset", "U+4E2D"],
    ["an empty value", attribute(CN, ""), "name.empty-value", "CN is empty"],
    ["hex of another type", attribute(CN, "#0500", TAG.bitString), "name.syntax", "BIT STRING"],
    ["hex with more after it", attribute(CN, "#050000", TAG.null), "name.syntax", "NULL"],
    ["no hex", attribute(CN, "x", TAG.null), "name.syntax", "CN is neither"],
    ["an impossible OID", attribute("2.5.4.x", "x"), "oid.invalid", "2.5.4.x"],
  ])("refuses %s", (_, one, code, message) => {
    expect(() => encodeName([[one]])).toThrow(expect.objectContaining({ kind: "input", code }));
    expect(() => encodeName([[one]])).toThrow(message);
  });

  it("refuses an empty RDN, and a type twice in one RDN", () => {
    expect(() => encodeName([[]])).toThrow(expect.objectContaining({ code: "name.syntax" }));
    expect(() => encodeName([[attribute(CN, "a"), attribute(CN, "b")]])).toThrow(
      expect.objectContaining({ code: "name.duplicate-type" }),
    );
  });
});

describe("decodeAttribute", () => {
  it("reads a value's element, of a string type or another", () => {
    expect(decodeAttribute(CN, Buffer.from("0c0178", "hex"), "CN")).toEqual(attribute(CN, "x"));
    expect(decodeAttribute(CN, Buffer.from("0500", "hex"), "CN")).toEqual(attribute(CN, "#0500", TAG.null));
  });

  it("refuses what follows it", () => {
    expect(() => decodeAttribute(CN, Buffer.from("050000", "hex"), "CN")).toThrow(
      expect.objectContaining({ code: "der.trailing" }),
    );
  });
});

describe("attributeValues", () => {
  it("gives all values of a type, in order", () => {
    const name = encodeName([[attribute(CN, "a")], [attribute("2.5.4.11", "b")], [attribute(CN, "c")]]);
    expect(attributeValues(name, CN)).toEqual(["a", "c"]);
    expect(attributeValues(name, "2.5.4.10")).toEqual([]);
  });
});
