import { describe, expect, it } from "vitest";
import { device, idevid, root } from "../../../../fixtures/recipes/chains.ts";
import {
  encode,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeText,
} from "../../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../../src/x509/extension-encode.ts";
import { writePem } from "../../../../src/x509/pem.ts";
import { flawsOf } from "./flaws-of.ts";

const ours = root();
const extended = (extensions: Record<string, Uint8Array | undefined>) => [device(ours, { extensions }), ours];
const unknown = (last: number, critical: boolean) =>
  encodeExtension(`1.3.6.1.4.1.55555.1.${last}`, critical, encodeOctetString());

describe("unknown-critical-extension", () => {
  it("gives a flaw for each, and none for those that are not critical", () => {
    const chain = extended({ one: unknown(1, true), two: unknown(2, false), three: unknown(3, true) });
    expect(flawsOf("unknown-critical-extension", "device", chain).map((flaw) => flaw.actual)).toEqual([
      "1.3.6.1.4.1.55555.1.1, critical",
      "1.3.6.1.4.1.55555.1.3, critical",
    ]);
  });

  it("knows RFC 5280's own extensions", () => {
    const constraints = encodeExtension("2.5.29.36", true, encodeSequence(Uint8Array.of(0x80, 1, 0)));
    expect(flawsOf("unknown-critical-extension", "device", extended({ constraints }))).toEqual([]);
  });
});

describe("hardware-module-name", () => {
  const issuer = idevid.root();
  const withNames = (...names: Uint8Array[]) => [
    idevid.device(issuer, {
      extensions: { subjectAltName: encodeExtension("2.5.29.17", false, encodeSequence(...names)) },
    }),
    issuer,
  ];
  const other = (oid: string, value: Uint8Array) => encode(0xa0, encodeOid(oid), encode(0xa0, value));
  const MODULE = "1.3.6.1.5.5.7.8.4";
  const type = encodeOid("1.3.6.1.4.1.55555.2.1");
  const good = encodeSequence(type, encodeOctetString(Buffer.from("1")));

  it.each([
    ["none at all", [encodeText(0x82, "device.example")], 0],
    ["another otherName", [other("1.3.6.1.5.5.7.8.5", encodeText(0x0c, "x"))], 0],
    ["a good one", [other(MODULE, good)], 0],
    ["text", [other(MODULE, encodeText(0x0c, "x"))], 1],
    ["no serial number", [other(MODULE, encodeSequence(type))], 1],
    ["something after it", [other(MODULE, encodeSequence(type, encodeOctetString(), type))], 1],
    ["a good one and a bad one", [other(MODULE, good), other(MODULE, encodeSequence())], 1],
  ])("judges %s", (_, names, count) => {
    expect(flawsOf("hardware-module-name", "device", withNames(...names))).toHaveLength(count);
  });
});

describe("pem-size", () => {
  it("counts exactly the characters that writePem writes", () => {
    const sizes = new Set<number>();
    for (let filler = 0; filler < 100; filler++) {
      const chain = extended({
        filler: encodeExtension("1.3.6.1.4.1.55555.1.9", false, Buffer.alloc(filler, 0x20)),
      });
      const characters = writePem("CERTIFICATE", chain[0]!.certificate.der).length;
      sizes.add(characters);
      expect(flawsOf("pem-size", "device", chain, { maximumCharacters: characters })).toEqual([]);
      const [flaw] = flawsOf("pem-size", "device", chain, { maximumCharacters: characters - 1 });
      expect(flaw?.actual).toBe(`${characters} characters of PEM`);
    }
    expect(sizes.size).toBeGreaterThan(10);
  });

  it("says which extension is the largest", () => {
    const chain = extended({ filler: encodeExtension("1.3.6.1.4.1.55555.1.9", false, Buffer.alloc(500)) });
    const [flaw] = flawsOf("pem-size", "device", chain, { maximumCharacters: 1000 });
    expect(flaw?.hint).toContain("extension 1.3.6.1.4.1.55555.1.9 has 500 octets");
  });
});
