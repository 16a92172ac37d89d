import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64 } from "../../../src/x509/pem-base64.ts";

function decode(text: string, memory?: Buffer): ReturnType<typeof decodeBase64> {
  return decodeBase64(Buffer.from(text, "latin1"), 0, text.length, memory);
}

describe("decodeBase64", () => {
  it("gives what was encoded, wherever white space is put between the digits", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(60), fc.constantFrom(" ", "\t", "\r\n", "\n"))),
        (octets, spaces) => {
          const characters = Buffer.from(octets).toString("base64").split("");
          for (const [at, space] of spaces) characters.splice(at % (characters.length + 1), 0, space);
          expect(decode(characters.join(""))).toEqual({ bytes: Buffer.from(octets) });
        },
      ),
    );
  });

  it("names the first character that can't be there, at every place", () => {
    const text = "AAECAwQFBgcICQoLDA0=";
    for (let at = 0; at < text.length; at++)
      for (const bad of ["-", "*", "_", "\0", "\x80", "\xff"])
        expect(decode(text.slice(0, at) + bad + text.slice(at + 1))).toEqual({ badAt: at });
    for (let at = 0; at < text.length - 2; at++)
      expect(decode(`${text.slice(0, at)}=${text.slice(at + 1)}`)).toEqual({ badAt: at + 1 });
    expect(decode("AAEC====")).toEqual({ badAt: 6 });
    expect(decode("AA==AAEC")).toEqual({ badAt: 4 });
  });

  it("refuses what is cut off, padded wrongly, or has bits that no octet takes", () => {
    for (const text of [
      "A",
      "AA",
      "AAE",
      "AA=",
      "=",
      "==",
      "AAECA",
      "AAECAA",
      "AAECAA=",
      "AB==",
      "AAF=",
      "AAE==",
    ])
      expect(decode(text), text).toEqual({ badEnd: true });
    expect(decode("AA==")).toEqual({ bytes: Buffer.from([0]) });
    expect(decode("AAE=")).toEqual({ bytes: Buffer.from([0, 1]) });
    expect(decode("")).toEqual({ bytes: Buffer.alloc(0) });
  });

  it("decodes only between the offsets, and into the memory it is given", () => {
    const memory = Buffer.alloc(12, 0xee);
    const text = Buffer.from("****AQID\nBAUG****");
    const result = decodeBase64(text, 4, 13, memory);
    expect(result).toEqual({ bytes: Buffer.from([1, 2, 3, 4, 5, 6]) });
    expect("bytes" in result && result.bytes.buffer === memory.buffer).toBe(true);
    expect(memory.toString("hex")).toBe("010203040506eeeeeeeeeeee");
  });
});
