import { describe, expect, it } from "vitest";
import { nameOf } from "../../../../fixtures/recipes/build.ts";
import {
  device,
  idevidName,
  intermediate,
  OID,
  root,
  vendorName,
} from "../../../../fixtures/recipes/chains.ts";
import { encodeSequence, encodeText } from "../../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../../src/x509/extension-encode.ts";
import { TAG } from "../../../../src/x509/tag.ts";
import { flawsOf, inShort } from "./flaws-of.ts";

const { printableString, utf8String, ia5String } = TAG;
const ours = root();
type Attributes = Parameters<typeof nameOf>[0];
const named = (...attributes: Attributes) => [device(ours, { subject: nameOf(attributes) }), ours];
const cn = (...texts: string[]) => named(...texts.map((text) => [OID.CN, utf8String, text] as const));

describe("issuer-exact", () => {
  it("holds a root against its own subject", () => {
    const other = [root({ issuerName: vendorName("Another", "ca") })];
    expect(flawsOf("issuer-exact", "root", [ours])).toEqual([]);
    const [flaw] = flawsOf("issuer-exact", "root", other);
    expect(flaw?.message).toContain("the root itself");
    expect(flaw?.actual).toContain("Another");
  });

  it("shows the string type where two names read the same", () => {
    const name = (tag: number) =>
      nameOf([
        [OID.O, utf8String, "MyOrg"],
        [OID.CN, tag, "x"],
      ]);
    const issuer = root({ subject: name(utf8String) });
    const chain = [device(issuer, { issuerName: name(printableString) }), issuer];
    const [flaw] = flawsOf("issuer-exact", "device", chain);
    expect(flaw?.expected).toMatch(/, with CN as UTF8String$/);
    expect(flaw?.actual).toMatch(/, with CN as PrintableString$/);
  });
});

describe("empty-subject-san", () => {
  it("takes an empty subject with a critical subjectAltName", () => {
    const names = encodeSequence(encodeText(0x82, "device.example"));
    const extensions = { subjectAltName: encodeExtension("2.5.29.17", true, names) };
    const named = device(ours, { subject: nameOf([]), extensions });
    expect(flawsOf("empty-subject-san", "device", [named, ours])).toEqual([]);
    expect(
      flawsOf("empty-subject-san", "device", [device(ours, { subject: nameOf([]) }), ours]),
    ).toHaveLength(1);
  });
});

describe("subject-attributes", () => {
  const subject = named(
    [OID.C, printableString, "US"],
    [OID.CN, utf8String, "x"],
    ["2.5.4.12", utf8String, "Dr"],
  );

  it("names everything that is missing and everything that is too much", () => {
    const parameters = { required: ["C", "O", "2.5.4.11", "CN"], optional: ["ST"] };
    const flaws = flawsOf("subject-attributes", "device", subject, parameters);
    expect(flaws.slice(0, 2).map((flaw) => flaw.message)).toEqual([
      "the subject has no O",
      "the subject has no OU",
    ]);
    expect(flaws[2]?.message).toContain("which is not allowed here");
    expect(flaws[2]?.actual).toContain('"Dr"');
    expect(flaws).toHaveLength(3);
  });

  it("allows anything more where no list of optional types is given", () => {
    expect(flawsOf("subject-attributes", "device", subject, { required: ["C", "CN"] })).toEqual([]);
    expect(flawsOf("subject-attributes", "device", subject, {})).toEqual([]);
    expect(flawsOf("subject-attributes", "device", subject, { optional: ["CN"] })).toHaveLength(2);
  });
});

describe("subject-common-name", () => {
  const check = (chain: ReturnType<typeof cn>, parameters: object) =>
    flawsOf("subject-common-name", "device", chain, { ...parameters }).map((flaw) => flaw.message);

  it.each([
    [["a", "b"], {}, ["the subject has 2 CNs"]],
    [["a"], {}, []],
    [["ab"], { minimumLength: 3 }, ["the CN has 2 characters"]],
    [["abc"], { minimumLength: 3, maximumLength: 3 }, []],
    [["abcd"], { maximumLength: 3 }, ["the CN has 4 characters"]],
    [["😀😀😀"], { maximumLength: 3 }, []],
    [["가나다라"], { maximumLength: 3 }, ["the CN has 4 characters"]],
    [["abc"], { pattern: "^[a-z]+$" }, []],
    [["a b"], { pattern: "^[a-z]+$" }, ["the CN is not of the form asked for"]],
    [
      ["a".repeat(2000)],
      { pattern: "^a+$" },
      ["the CN is too long to be matched against the policy's pattern"],
    ],
    [
      [`${"a".repeat(60)}!`],
      { pattern: "^(a+)+$" },
      ["the CN takes too long to be matched against the policy's pattern"],
    ],
  ])("judges %j by %o", (texts, parameters, messages) => {
    expect(check(cn(...texts), parameters)).toEqual(messages);
  });
});

describe("common-name-advised", () => {
  it("looks at every CN, and has nothing to say where there is none", () => {
    const parameters = { pattern: "^[a-z]+$" };
    expect(inShort(flawsOf("common-name-advised", "device", cn("abc", "Abc"), parameters))).toEqual([
      'a CN matching ^[a-z]+$ / "Abc"',
    ]);
    expect(flawsOf("common-name-advised", "device", named([OID.O, utf8String, "X"]), parameters)).toEqual([]);
  });
});

describe("subject-from-issuer", () => {
  const issuer = root({
    subject: nameOf([
      [OID.O, utf8String, "MyOrg"],
      [OID.OU, utf8String, "one"],
      [OID.OU, utf8String, "two"],
    ]),
  });
  const under = (...attributes: Attributes) => [device(issuer, { subject: nameOf(attributes) }), issuer];
  const parameters = { attributes: ["O", "OU", "C"] };
  const o = [OID.O, utf8String, "MyOrg"] as const;
  const [one, two] = (["one", "two"] as const).map((text) => [OID.OU, utf8String, text] as const);

  it("compares all values of a type, in their order", () => {
    expect(flawsOf("subject-from-issuer", "device", under(o, one!, two!), parameters)).toEqual([]);
    expect(inShort(flawsOf("subject-from-issuer", "device", under(o, two!, one!), parameters))).toEqual([
      'OU "one" and "two" / OU "two" and "one"',
    ]);
    expect(inShort(flawsOf("subject-from-issuer", "device", under(one!), parameters))).toEqual([
      'O "MyOrg" / no O',
      'OU "one" and "two" / OU "one"',
    ]);
  });

  it("sees a value that the issuer does not have", () => {
    const chain = under(o, one!, two!, [OID.C, printableString, "US"]);
    expect(inShort(flawsOf("subject-from-issuer", "device", chain, parameters))).toEqual(['no C / C "US"']);
  });
});

describe("subject-serial-number", () => {
  const limits = { minimumLength: 1, maximumLength: 4 };
  const serial = (...values: (readonly [tag: number, text: string])[]) =>
    flawsOf(
      "subject-serial-number",
      "device",
      named(...values.map(([tag, text]) => [OID.serialNumber, tag, text] as const)),
      limits,
    ).map((flaw) => flaw.message);

  it("asks for one PrintableString of the right length", () => {
    expect(serial([printableString, "1234"])).toEqual([]);
    expect(serial([printableString, "1"])).toEqual([]);
    expect(serial([printableString, ""])).toEqual(["the subject's serialNumber has 0 characters"]);
    expect(serial([printableString, "12345"])).toEqual(["the subject's serialNumber has 5 characters"]);
    expect(serial([utf8String, "1234"])).toEqual(["the subject's serialNumber is written as a UTF8String"]);
    expect(serial([printableString, "1"], [printableString, "2"])).toEqual([
      "the subject has 2 serialNumbers",
    ]);
    expect(serial()).toEqual(["the subject has no serialNumber"]);
  });
});

describe("attribute-lengths, attribute-encoding and country-code", () => {
  it("give a flaw for every attribute that has one", () => {
    const chain = named([OID.OU, utf8String, "a".repeat(65)], [OID.CN, utf8String, "b".repeat(65)]);
    expect(inShort(flawsOf("attribute-lengths", "device", chain))).toEqual([
      `OU of at most 64 characters / "${"a".repeat(64)}"... (65 characters)`,
      `CN of at most 64 characters / "${"b".repeat(64)}"... (65 characters)`,
    ]);
  });

  it("count characters, not UTF-16 units", () => {
    expect(flawsOf("attribute-lengths", "device", cn("😀".repeat(64)))).toEqual([]);
    expect(flawsOf("attribute-lengths", "device", cn("😀".repeat(65)))).toHaveLength(1);
  });

  it.each([
    ["serialNumber", OID.serialNumber, printableString, utf8String],
    ["dnQualifier", "2.5.4.46", printableString, utf8String],
    ["DC", "0.9.2342.19200300.100.1.25", ia5String, utf8String],
    ["emailAddress", "1.2.840.113549.1.9.1", ia5String, printableString],
  ])("ask for %s in its own string type", (_, oid, right, wrong) => {
    expect(flawsOf("attribute-encoding", "device", named([oid, right, "a"]))).toEqual([]);
    expect(flawsOf("attribute-encoding", "device", named([oid, wrong, "a"]))).toHaveLength(1);
  });

  it.each([
    ["US", 0],
    ["kr", 0],
    ["U", 1],
    ["USA", 1],
    ["U1", 1],
  ])("judge C=%s", (c, count) => {
    expect(flawsOf("country-code", "device", named([OID.C, printableString, c]))).toHaveLength(count);
  });

  it("look at an intermediate's subject too", () => {
    const line = intermediate(ours, { subject: nameOf([[OID.C, utf8String, "USA"]]) });
    for (const id of ["attribute-lengths", "attribute-encoding", "country-code"])
      expect(flawsOf(id, "intermediate", [line, ours]), id).toHaveLength(1);
    expect(
      flawsOf("attribute-encoding", "device", [device(ours, { subject: idevidName("1") }), ours]),
    ).toEqual([]);
  });
});
