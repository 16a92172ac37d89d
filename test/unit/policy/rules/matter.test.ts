import { describe, expect, it } from "vitest";
import { nameOf } from "../../../../fixtures/recipes/build.ts";
import { matter, matterName, OID } from "../../../../fixtures/recipes/chains.ts";
import { TAG } from "../../../../src/x509/tag.ts";
import { flawsOf, inShort } from "./flaws-of.ts";

const paa = matter.paa();
const pai = matter.pai(paa);
const dac = (...ids: readonly (readonly [oid: string, tag: number, text: string])[]) => [
  matter.dac(pai, { subject: nameOf(ids) }),
  pai,
  paa,
];
const vid = (text: string, tag: number = TAG.utf8String) => [OID.vid, tag, text] as const;
const pid = (text: string, tag: number = TAG.utf8String) => [OID.pid, tag, text] as const;

describe("matter-vendor-id and matter-product-id", () => {
  it.each([
    ["required", [], ["exactly one VID / no VID"]],
    ["optional", [], []],
    ["required", [vid("FFF1")], []],
    ["required", [vid("FFF1"), vid("FFF2")], ['exactly one VID / "FFF1" and "FFF2"']],
    ["optional", [vid("FFF1"), vid("FFF1")], ['at most one VID / "FFF1" and "FFF1"']],
  ])("VID %s", (presence, ids, expected) => {
    expect(inShort(flawsOf("matter-vendor-id", "device", dac(...ids), { presence }))).toEqual(expected);
  });

  it("refuses a PID in a PAA", () => {
    const wrong = matter.paa({ subject: matterName("MyVendor PAA", "FFF1", "8001") });
    expect(inShort(flawsOf("matter-product-id", "root", [wrong], { presence: "absent" }))).toEqual([
      'no PID / "8001"',
    ]);
    expect(flawsOf("matter-product-id", "root", [paa], { presence: "absent" })).toEqual([]);
  });
});

describe("matter-vendor-id-matches and matter-product-id-matches", () => {
  it("compare only where both certificates have the id", () => {
    const open = matter.pai(paa, { subject: matterName("MyVendor PAI", "FFF1") });
    const chain = [matter.dac(open, { subject: matterName("x", "FFF1", "9999") }), open, paa];
    expect(flawsOf("matter-product-id-matches", "device", chain)).toEqual([]);
    expect(flawsOf("matter-product-id-matches", "device", dac(vid("FFF1"), pid("9999")))).toHaveLength(1);
    expect(flawsOf("matter-vendor-id-matches", "device", dac(pid("8001")))).toEqual([]);
    const alien = matter.pai(paa, { subject: matterName("MyVendor PAI", "FFF2") });
    expect(flawsOf("matter-vendor-id-matches", "intermediate", [alien, paa])).toHaveLength(1);
  });
});

describe("matter-id-form", () => {
  it.each([
    ["FFF1", TAG.utf8String, 0],
    ["0123", TAG.utf8String, 0],
    ["fff1", TAG.utf8String, 1],
    ["FFF", TAG.utf8String, 1],
    ["FFF12", TAG.utf8String, 1],
    ["FFFG", TAG.utf8String, 1],
    ["FFF1", TAG.printableString, 1],
  ])("judges %s with string tag %i", (text, tag, count) => {
    expect(flawsOf("matter-id-form", "device", dac(vid(text, tag), pid("8001")))).toHaveLength(count);
  });

  it("gives a flaw for VID and PID each", () => {
    expect(flawsOf("matter-id-form", "device", dac(vid("x"), pid("y")))).toHaveLength(2);
  });
});
