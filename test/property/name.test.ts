import "reflect-metadata";
import * as peculiar from "@peculiar/x509";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../src/base/errors.ts";
import { ATTRIBUTE_TYPES } from "../../src/x509/attribute-types.ts";
import { DerReader } from "../../src/x509/der-reader.ts";
import { encodeName, type Name, type NameAttribute, readName } from "../../src/x509/name.ts";
import { nameKey, sameName } from "../../src/x509/name-compare.ts";
import { formatName } from "../../src/x509/name-format.ts";
import { parseName } from "../../src/x509/name-syntax.ts";
import { TAG } from "../../src/x509/tag.ts";

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const read = (der: Uint8Array): Name => {
  const reader = new DerReader(der);
  const name = readName(reader, "name");
  reader.end("name");
  return name;
};

const notBlank = (text: string): boolean => text.trim() !== "" && !/[\p{Cc}\p{Cs}\ufffd]/u.test(text);
/** What either syntax has a meaning for, what a terminal has one for, and all else that there is. */
const unicode = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(..." #,+/\\\"<>;='x0A4fCNO", "\u202e", "\u00ad", "\u200d", "é", "😀"),
      },
      { weight: 1, arbitrary: fc.constantFrom("/O=", ",CN=", ", ou=", "\\x41", "\\C3", "#0500", "//", "+") },
      { weight: 3, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
    ),
    { minLength: 1, maxLength: 20 },
  )
  .map((pieces) => Array.from(pieces.join("")).slice(0, 64).join(""))
  .filter(notBlank);
const printable = fc.stringMatching(/^[A-Za-z0-9 '()+,./:=?-]{1,64}$/).filter(notBlank);
const ia5 = fc.stringMatching(/^[ -~]{1,64}$/).filter(notBlank);

const unbounded = ATTRIBUTE_TYPES.filter(({ maxLength }) => maxLength === undefined || maxLength >= 64);
const known = fc.constantFrom(...unbounded).chain(({ oid, tag }) =>
  (tag === TAG.printableString ? printable : tag === TAG.ia5String ? ia5 : unicode).map((text) => ({
    oid,
    tag,
    text,
  })),
);
const country = fc
  .constantFrom("US", "KR", "DE", "XK", "ZZ")
  .map((text) => ({ oid: "2.5.4.6", tag: TAG.printableString as number, text }));
const arc = fc.nat(2 ** 30);
const unknown = fc
  .tuple(fc.constantFrom("1.3.6.1.4.1", "2.25", "2.5.4.200"), arc, unicode)
  .map(([base, last, text]) => ({ oid: `${base}.${last}`, tag: TAG.utf8String as number, text }));
const noString = fc
  .tuple(fc.constantFrom("2.5.4.45", "2.5.4.3", "1.2.3.4"), fc.uint8Array({ maxLength: 40 }))
  .map(([oid, octets]) => ({
    oid,
    tag: TAG.octetString as number,
    text: `#04${octets.length.toString(16).padStart(2, "0")}${hex(octets)}`,
  }));
const attribute: fc.Arbitrary<NameAttribute> = fc.oneof(
  { weight: 5, arbitrary: known },
  { weight: 1, arbitrary: country },
  { weight: 1, arbitrary: unknown },
  { weight: 1, arbitrary: noString },
);
const rdnsOf = (one: fc.Arbitrary<NameAttribute>): fc.Arbitrary<NameAttribute[][]> =>
  fc.array(fc.uniqueArray(one, { minLength: 1, maxLength: 3, selector: ({ oid }) => oid }), {
    minLength: 1,
    maxLength: 6,
  });
const rdns = rdnsOf(attribute);

describe("every name that we write", () => {
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(rdns, (list) => {
        const name = encodeName(list);
        expect(read(name.der)).toEqual(name);
        for (const [index, rdn] of list.entries())
          expect(name.rdns[index]).toEqual(expect.arrayContaining(rdn));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(["slash", "rfc4514"] as const)("reads back from its %s text to the same octets", (style) => {
    fc.assert(
      fc.property(rdns, (list) => {
        const name = encodeName(list);
        const text = formatName(name, style);
        expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect(hex(parseName(text).der)).toBe(hex(name.der));
      }),
      { numRuns: 2000 },
    );
  });

  it("has the octets that @peculiar/x509 writes", () => {
    const forms = new Map<number, string>([
      [TAG.utf8String, "utf8String"],
      [TAG.printableString, "printableString"],
      [TAG.ia5String, "ia5String"],
    ]);
    fc.assert(
      fc.property(rdnsOf(fc.oneof(known, country, unknown)), (list) => {
        const name = encodeName(list);
        // It writes a SET OF as it is given; it is given ours, which is sorted.
        const json = name.rdns.map((rdn) =>
          Object.fromEntries(rdn.map(({ oid, tag, text }) => [oid, [{ [forms.get(tag) as string]: text }]])),
        );
        const theirs = new peculiar.Name(json as unknown as peculiar.JsonName).toArrayBuffer();
        expect(hex(name.der)).toBe(hex(new Uint8Array(theirs)));
      }),
      { numRuns: 500 },
    );
  });
});

describe("octets that may be a name", () => {
  it("are refused as DER, or are the only octets of what was read", () => {
    let taken = 0;
    const changed = fc
      .tuple(rdns, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }))
      .map(([list, changes]) => {
        const der = Buffer.from(encodeName(list).der);
        for (const [at, octet] of changes) der[at % der.length] = octet;
        return der;
      });
    fc.assert(
      fc.property(changed, (der) => {
        const name = attempt(() => read(der));
        if (name instanceof SamicertsError) {
          expect(name.code).toMatch(/^der\./);
          return;
        }
        formatName(name);
        nameKey(name);
        const again = attempt(() => encodeName(name.rdns));
        // Read, but never written: empty values, control characters, a type twice in an RDN.
        if (again instanceof SamicertsError) {
          expect(again.code).toMatch(/^name\.(?:empty|charset|dup)/);
          return;
        }
        taken++;
        expect(hex(again.der)).toBe(hex(der));
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});

describe("any text", () => {
  const pieces = fc.constantFrom(
    "/",
    "//",
    ",",
    "+",
    "=",
    "\\",
    "#",
    '"',
    " ",
    "CN",
    "C",
    "US",
    "1.2.3",
    "x",
    "\\x",
    "0c0141",
    "é",
    ";",
    "C:/",
  );
  const typed = fc
    .tuple(
      fc.constantFrom("/", "//", ""),
      fc.array(fc.tuple(fc.constantFrom("CN", "OU", "1.2.3"), pieces, pieces)),
    )
    .map(
      ([start, parts]) =>
        start + parts.map(([type, a, b]) => `${type}=${a}${b}`).join(start === "" ? "," : "/"),
    );
  const texts = fc.oneof(
    typed,
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 30 }).map((list) => list.join("")),
  );

  it("is a name that reads back from what it is shown as, or is refused in one line", () => {
    let taken = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const name = attempt(() => parseName(text));
        if (name instanceof SamicertsError) {
          expect(name.code).toMatch(/^name\./);
          expect(name.kind).toBe("input");
          expect(`${name.message}${name.hint}`).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
          return;
        }
        taken++;
        for (const style of ["slash", "rfc4514"] as const)
          expect(sameName(parseName(formatName(name, style)), name)).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});

describe("sameName", () => {
  const respelt = (text: string, turns: readonly boolean[]): string =>
    Array.from(text, (letter, index) =>
      letter === " " ? "  " : turns[index % turns.length] === true ? letter.toUpperCase() : letter,
    ).join("");
  const turns = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
  const latin = rdnsOf(
    fc
      .tuple(fc.constantFrom("2.5.4.3", "2.5.4.10", "2.5.4.11"), printable)
      .map(([oid, text]) => ({ oid, tag: TAG.utf8String, text })),
  );

  it("holds however a name is spelt, and then the keys are one", () => {
    fc.assert(
      fc.property(
        latin,
        turns,
        fc.constantFrom(TAG.printableString, TAG.bmpString, TAG.teletexString),
        (list, how, tag) => {
          const name = encodeName(list);
          const other = encodeName(
            list.map((rdn) =>
              rdn.map(({ oid, text }) => ({ oid, tag, text: ` ${respelt(text, how)} ` })).reverse(),
            ),
          );
          expect(sameName(name, other)).toBe(true);
          expect(nameKey(name)).toBe(nameKey(other));
        },
      ),
    );
  });

  it("holds exactly where the keys are one", () => {
    const small = rdnsOf(
      fc
        .tuple(
          fc.constantFrom("2.5.4.3", "2.5.4.10"),
          fc.constantFrom("a", "A", "b", "a b", "a  B"),
          fc.constantFrom(TAG.utf8String, TAG.printableString),
        )
        .map(([oid, text, tag]) => ({ oid, tag, text })),
    );
    let same = 0;
    fc.assert(
      fc.property(small, small, (one, other) => {
        const [a, b] = [encodeName(one), encodeName(other)];
        expect(sameName(a, b)).toBe(nameKey(a) === nameKey(b));
        if (sameName(a, b)) same++;
      }),
      { numRuns: 5000 },
    );
    expect(same).toBeGreaterThan(0);
  });
});

function attempt<T>(action: () => T): T | SamicertsError {
  try {
    return action();
  } catch (error) {
    if (error instanceof SamicertsError) return error;
    throw error;
  }
}
