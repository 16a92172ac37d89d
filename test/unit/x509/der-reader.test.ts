import { describe, expect, it } from "vitest";
import {
  compareBytes,
  DerReader,
  MAX_DEPTH,
  MAX_SIZE,
  readSequence,
  sameBytes,
} from "../../../src/x509/der-reader.ts";

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex");
const reader = (hex: string): DerReader => new DerReader(bytes(hex));
const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const fails = (code: string, at?: number) =>
  expect.objectContaining({
    code: `der.${code}`,
    message: expect.stringMatching(at === undefined ? /^it at byte/ : new RegExp(`^it at byte ${at}:`)),
  });

describe("a header", () => {
  it.each([
    ["nothing", "", "truncated", 0],
    ["a tag alone", "04", "truncated", 0],
    ["a length that runs out", "04 82 01", "truncated", 0],
    ["a content that runs out", "04 02 aa", "truncated", 0],
    ["an indefinite length", "04 80 00 00", "length", 0],
    ["a long length under 128", "04 81 7f", "length", 0],
    ["a long length that begins with zero", `04 82 00 80 ${"00".repeat(128)}`, "length", 0],
    ["a length of five octets", "04 85 01 00 00 00 00", "length", 0],
    ["a high tag number", "1f 81 01 00", "tag", 0],
  ])("is refused with %s", (_, hex, code, at) => {
    expect(() => reader(hex).element("it")).toThrow(fails(code, at));
  });

  it("is read with a length of one, two, three and four octets", () => {
    for (const [header, length] of [
      ["047f", 0x7f],
      ["048180", 0x80],
      ["0481ff", 0xff],
      ["04820100", 0x100],
      ["04830100 00", 0x10000],
    ] as const) {
      const octets = Buffer.concat([bytes(header), Buffer.alloc(length, 7)]);
      expect(new DerReader(octets).octetString("it").length).toBe(length);
      expect(new DerReader(octets).element("it").length).toBe(octets.length);
      expect(() => new DerReader(octets.subarray(0, -1)).octetString("it")).toThrow(fails("truncated"));
    }
  });

  it("says where it stands in the whole input, and what is there instead", () => {
    const inner = reader("30 05 02 01 05 04 00").sequence("it");
    inner.integer("it");
    expect(() => inner.boolean("it")).toThrow(
      expect.objectContaining({ message: "it at byte 5: expected BOOLEAN, found OCTET STRING" }),
    );
    expect(() => inner.end("it")).toThrow(fails("trailing", 5));
  });
});

describe("a window", () => {
  it("ends where its element ends, though the input goes on", () => {
    const outer = reader("30 03 02 01 05 04 01 aa");
    const inner = outer.sequence("it");
    expect([inner.done, inner.peek(), inner.offset]).toEqual([false, 0x02, 2]);
    inner.integer("it");
    expect([inner.done, inner.peek()]).toEqual([true, -1]);
    expect(() => inner.octetString("it")).toThrow(fails("truncated", 5));
    inner.end("it");
    expect(hexOf(outer.octetString("it"))).toBe("aa");
  });

  it("does not let an element reach over its end", () => {
    expect(() => reader("30 02 04 01 aa").sequence("it").octetString("it")).toThrow(fails("truncated", 2));
    expect(() => reader("30 01 04 00").sequence("it").octetString("it")).toThrow(fails("truncated", 2));
    expect(() => reader("30 02 04 81 80").sequence("it").octetString("it")).toThrow(fails("truncated", 2));
  });

  it("steps over what it is told to, and over nothing else", () => {
    const it = reader("30 05 02 01 05 05 00 04").sequence("it");
    expect(it.stepOver(bytes("02 01 06"))).toBe(false);
    expect(it.stepOver(bytes("02 01 05 05 00 04"))).toBe(false);
    expect(it.offset).toBe(2);
    expect(it.stepOver(bytes("02 01 05"))).toBe(true);
    expect(it.offset).toBe(5);
    it.null("it");
    expect(it.done).toBe(true);
  });

  it("is entered so deep, and no deeper", () => {
    let nested = bytes("05 00");
    for (let i = 0; i < MAX_DEPTH; i++) nested = Buffer.concat([Buffer.from([0x30, nested.length]), nested]);
    const innermost = (octets: Uint8Array, depth: number): DerReader => {
      let at = new DerReader(octets);
      for (let i = 0; i < depth; i++) at = at.sequence("it");
      return at;
    };
    innermost(nested, MAX_DEPTH).null("it");
    const deeper = Buffer.concat([Buffer.from([0x30, nested.length]), nested]);
    expect(() => innermost(deeper, MAX_DEPTH + 1)).toThrow(fails("depth"));
  });

  it("is entered where its tag is next, and otherwise not", () => {
    const it = reader("a1 02 05 00 a3 00");
    expect(it.enterOptional(0xa0, "it")).toBeUndefined();
    it.enterOptional(0xa1, "it")?.null("it");
    expect(it.enterOptional(0xa3, "it")?.done).toBe(true);
    expect(it.enterOptional(0xa3, "it")).toBeUndefined();
    reader("04 02 05 00").wrapped("it").null("it");
  });
});

describe("values", () => {
  it.each([
    ["01 01 00", false],
    ["01 01 ff", true],
  ])("reads the BOOLEAN %s", (hex, value) => {
    expect(reader(hex).boolean("it")).toBe(value);
  });

  it.each(["01 01 01", "01 01 fe", "01 00", "01 02 ff ff", "01 02 00 00"])(
    "refuses the BOOLEAN %s",
    (hex) => {
      expect(() => reader(hex).boolean("it")).toThrow(fails("boolean", 2));
    },
  );

  it.each(["00", "7f", "80", "ff", "0080", "ff7f", "0100", "8000"])("reads the INTEGER %s", (content) => {
    const length = (content.length / 2).toString().padStart(2, "0");
    expect(hexOf(reader(`02${length}${content}`).integer("it"))).toBe(content);
  });

  it.each(["", "0000", "007f", "ff80", "ffff"])("refuses the INTEGER %s", (content) => {
    const length = (content.length / 2).toString().padStart(2, "0");
    expect(() => reader(`02${length}${content}`).integer("it")).toThrow(fails("integer", 2));
  });

  it.each([
    ["00", 0],
    ["7f", 127],
    ["0080", 128],
    ["7fffffff", 2 ** 31 - 1],
  ])("reads %s as a small INTEGER", (content, value) => {
    const length = (content.length / 2).toString().padStart(2, "0");
    expect(reader(`02${length}${content}`).smallInteger("it")).toBe(value);
  });

  it.each(["80", "ff", "0080000000", "0100000000"])("refuses %s as a small INTEGER", (content) => {
    const length = (content.length / 2).toString().padStart(2, "0");
    expect(() => reader(`02${length}${content}`).smallInteger("it")).toThrow(fails("integer", 0));
  });

  it.each([
    ["03 01 00", 0, ""],
    ["03 02 00 ff", 0, "ff"],
    ["03 02 07 80", 7, "80"],
    ["03 03 01 ff fe", 1, "fffe"],
  ])("reads the BIT STRING %s", (hex, unusedBits, content) => {
    const read = reader(hex).bitString("it");
    expect([read.unusedBits, hexOf(read.bytes)]).toEqual([unusedBits, content]);
  });

  it.each([
    "03 00",
    "03 01 01",
    "03 02 08 00",
    "03 02 ff 00",
    "03 02 01 01",
    "03 02 07 40",
    "03 03 04 ff 08",
  ])("refuses the BIT STRING %s", (hex) => {
    expect(() => reader(hex).bitString("it")).toThrow(fails("bit-string", 2));
  });

  it("reads whole octets in bits only where they are whole", () => {
    expect(hexOf(reader("03 03 00 ab cd").octetsInBits("it"))).toBe("abcd");
    expect(() => reader("03 02 04 f0").octetsInBits("it")).toThrow(fails("bit-string", 0));
  });

  it("reads a NULL that is empty, and OBJECT IDENTIFIERs", () => {
    reader("05 00").null("it");
    expect(() => reader("05 01 00").null("it")).toThrow(fails("null"));
    expect(reader("06 03 55 04 03").oid("it")).toBe("2.5.4.3");
    for (const hex of ["06 00", "06 02 80 01", "06 01 80", "06 03 55 04 83"])
      expect(() => reader(hex).oid("it"), hex).toThrow(fails("oid", 2));
  });
});

describe("a SET OF", () => {
  it.each(["31 00", "31 02 05 00", "31 06 02 01 01 02 01 02", "31 05 04 00 04 01 00"])("is %s", (hex) => {
    expect(reader(hex).setOf("it").depth).toBe(1);
  });

  it.each([
    ["out of order", "31 06 02 01 02 02 01 01"],
    ["with one twice", "31 06 02 01 01 02 01 01"],
    ["whose third is out of order", "31 09 02 01 01 02 01 03 02 01 02"],
  ])("is refused %s", (_, hex) => {
    expect(() => reader(hex).setOf("it")).toThrow(fails("set-order"));
  });

  it("is refused with what is no element in it", () => {
    expect(() => reader("31 03 05 00 05").setOf("it")).toThrow(fails("truncated", 4));
  });
});

describe("the whole", () => {
  it("is one SEQUENCE and nothing after it, of so many octets at most", () => {
    expect(readSequence(bytes("30 00"), "it").done).toBe(true);
    expect(() => readSequence(bytes("30 00 00"), "it")).toThrow(fails("trailing", 2));
    expect(() => readSequence(bytes("31 00"), "it")).toThrow(fails("tag", 0));
    expect(() => readSequence(new Uint8Array(MAX_SIZE + 1), "it")).toThrow(fails("size", 0));
    expect(() => readSequence(new Uint8Array(MAX_SIZE), "it")).toThrow(fails("tag", 0));
  });

  it("is compared by octets, the shorter first", () => {
    const ordered = ["", "00", "0000", "0001", "01", "7f", "80", "ff"].map(bytes);
    for (const [i, a] of ordered.entries())
      for (const [j, b] of ordered.entries()) {
        expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(i - j));
        expect(sameBytes(a, b)).toBe(i === j);
      }
  });
});
