import { describe, expect, it } from "vitest";
import { encodeName, type Name, type NameAttribute } from "../../../src/x509/name.ts";
import { nameKey, rdnKey, sameName } from "../../../src/x509/name-compare.ts";
import { TAG } from "../../../src/x509/tag.ts";

const one = (text: string, tag: number = TAG.utf8String, oid = "2.5.4.3"): NameAttribute => ({
  oid,
  tag,
  text,
});
let made = 0;
/** A name by its attributes alone: its octets are no other name's, so that they can't settle a comparison. */
const raw = (...rdns: NameAttribute[][]): Name => ({ der: Buffer.from(`${made++}`), rdns });
const both = (a: Name, b: Name): boolean => {
  const same = sameName(a, b);
  expect(sameName(b, a)).toBe(same);
  expect(nameKey(a) === nameKey(b)).toBe(same);
  return same;
};

describe("sameName", () => {
  it.each([
    ["case", one("Example CA"), one("eXAMPLE ca")],
    ["spaces around", one(" Example CA  "), one("Example CA")],
    ["runs of spaces", one("Example    CA"), one("Example CA")],
    ["string types", one("Example", TAG.printableString), one("example")],
    ["BMPString and TeletexString", one("é", TAG.bmpString), one("É", TAG.teletexString)],
    ["IA5String and UTF8String", one("a@b", TAG.ia5String), one("A@B")],
    ["composed and decomposed letters", one("\u00e9"), one("e\u0301")],
    ["compatibility forms", one("ﬁ Ａ"), one("fi a")],
    ["sharp s", one("Straße"), one("STRASSE")],
    ["capital sharp s", one("STRAẞE"), one("strasse")],
    ["final sigma", one("ΣΊΣΥΦΟΣ"), one("σίσυφος")],
    ["other spaces", one("a\u00a0b\tc"), one("a b c")],
    ["soft hyphens and what can't be seen", one("a\u00adb\u200bc\ufe0fd"), one("abcd")],
    ["control characters", one("a\u0007b"), one("ab")],
    ["nothing but spaces and nothing", one("  "), one("")],
  ])("does not regard %s", (_, a, b) => {
    expect(both(raw([a]), raw([b]))).toBe(true);
  });

  it.each([
    ["texts", one("a"), one("b")],
    ["types", one("a"), one("a", TAG.utf8String, "2.5.4.10")],
    ["a space that is there and one that is not", one("a b"), one("ab")],
    ["letters with and without an accent", one("é"), one("e")],
    ["a dotless i and an i", one("ı"), one("i")],
    ["a space with a mark on it and one without", one("a  \u0308b"), one("a \u0308b")],
    ["values that are no strings, by their octets", one("#04016a", 4), one("#04014a", 4)],
    ["a string and a value that is none", one("#04016a"), one("#04016a", 4)],
    ["texts of private characters, in another string type", one("\ue000"), one("\ue000", TAG.bmpString)],
  ])("tells apart %s", (_, a, b) => {
    expect(both(raw([a]), raw([b]))).toBe(false);
  });

  it("compares RDN by RDN in order, and the attributes of one RDN in any order", () => {
    const [a, b] = [one("a"), one("b", TAG.utf8String, "2.5.4.10")];
    expect(both(raw([a, b]), raw([b, a]))).toBe(true);
    expect(both(raw([a], [b]), raw([b], [a]))).toBe(false);
    expect(both(raw([a], [b]), raw([a, b]))).toBe(false);
    expect(both(raw([a]), raw([a], [b]))).toBe(false);
    expect(both(raw(), raw())).toBe(true);
  });

  it("lets no value look like two", () => {
    const key = nameKey(raw([one("a")], [one("b")]));
    for (const text of ["a;2.5.4.3=1:b", "a+2.5.4.3=1:b", "1:a"])
      expect(nameKey(raw([one(text)]))).not.toBe(key);
  });

  it("takes the same octets for the same name whatever is in them", () => {
    const name = encodeName([[one("\ue000")]]);
    expect(sameName(name, { ...name })).toBe(true);
  });

  it("agrees with the engine's case folding on every letter it folds simply", () => {
    let compared = 0;
    for (let point = 0x41; point < 0x1f000; point++) {
      if (point >= 0xd800 && point < 0xe000) continue;
      const letter = String.fromCodePoint(point);
      if (!/\p{L}/u.test(letter)) continue;
      for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
        if (other === letter || !new RegExp(`^${letter}$`, "iu").test(other)) continue;
        compared++;
        if (rdnKey([one(letter)]) !== rdnKey([one(other)])) expect.fail(`${letter} and ${other} differ`);
      }
    }
    expect(compared).toBeGreaterThan(2000);
  });
});
