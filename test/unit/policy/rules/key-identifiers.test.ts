import { describe, expect, it } from "vitest";
import { device, root } from "../../../../fixtures/recipes/chains.ts";
import { encode, encodeSequence } from "../../../../src/x509/der-writer.ts";
import {
  encodeAuthorityKeyIdentifier,
  encodeExtension,
  encodeSubjectKeyIdentifier,
} from "../../../../src/x509/extension-encode.ts";
import { flawsOf } from "./flaws-of.ts";

const ours = root();
const extended = (extensions: Record<string, Uint8Array | undefined>) => [device(ours, { extensions }), ours];
const messages = (id: string, chain: ReturnType<typeof extended>, parameters = {}): string[] =>
  flawsOf(id, "device", chain, parameters).map((flaw) => flaw.message);

describe("subject-key-identifier", () => {
  const ski = (octets: number | undefined) =>
    extended({
      subjectKeyIdentifier:
        octets === undefined ? undefined : encodeSubjectKeyIdentifier(Buffer.alloc(octets)),
    });

  it.each([
    ["required", 20, undefined, []],
    ["required", 8, undefined, []],
    ["required", 8, 20, ["subjectKeyIdentifier has 8 octets"]],
    ["required", undefined, 20, ["subjectKeyIdentifier is missing"]],
    ["optional", undefined, 20, []],
    ["optional", 19, 20, ["subjectKeyIdentifier has 19 octets"]],
    ["absent", undefined, undefined, []],
    ["absent", 20, undefined, ["subjectKeyIdentifier is there, and should not be"]],
  ])("%s, of %j octets where %j are asked for", (presence, octets, wanted, expected) => {
    const parameters = { presence, ...(wanted === undefined ? {} : { octets: wanted }) };
    expect(messages("subject-key-identifier", ski(octets), parameters)).toEqual(expected);
  });
});

describe("authority-key-identifier", () => {
  const nothing = encodeExtension("2.5.29.35", false, encodeSequence());
  const name = encode(0xa4, ours.certificate.subject.der);
  const named = encodeExtension(
    "2.5.29.35",
    false,
    encodeSequence(encode(0xa1, name), Uint8Array.of(0x82, 1, 1)),
  );
  const octets = (count: number) => encodeAuthorityKeyIdentifier(Buffer.alloc(count));

  it.each([
    ["required", undefined, {}, ["authorityKeyIdentifier is missing"]],
    ["optional", undefined, {}, []],
    ["required", nothing, {}, ["authorityKeyIdentifier has no keyIdentifier"]],
    ["optional", named, {}, ["authorityKeyIdentifier has no keyIdentifier"]],
    ["required", octets(8), {}, []],
    ["required", octets(8), { octets: 20 }, ["the authority key identifier has 8 octets"]],
    ["optional", octets(20), { octets: 20 }, []],
  ])("%s", (presence, authorityKeyIdentifier, more, expected) => {
    expect(
      messages("authority-key-identifier", extended({ authorityKeyIdentifier }), { presence, ...more }),
    ).toEqual(expected);
  });

  it("may be missing in a self-signed certificate, whatever its role", () => {
    for (const role of ["root", "device"] as const)
      expect(flawsOf("authority-key-identifier", role, [ours], { presence: "required" })).toEqual([]);
  });

  it("is compared with the issuer's where both are there", () => {
    const bare = root({ extensions: { subjectKeyIdentifier: undefined } });
    const id = "authority-key-identifier-matches";
    expect(messages(id, extended({ authorityKeyIdentifier: octets(20) }))).toHaveLength(1);
    expect(messages(id, extended({ authorityKeyIdentifier: undefined }))).toEqual([]);
    expect(messages(id, extended({ authorityKeyIdentifier: named }))).toEqual([]);
    const underBare = [device(bare, { extensions: { authorityKeyIdentifier: octets(20) } }), bare];
    expect(messages(id, underBare)).toEqual([]);
  });
});
