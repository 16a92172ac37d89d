import { describe, expect, it } from "vitest";
import { type Change, device, intermediate, OID, root } from "../../../../fixtures/recipes/chains.ts";
import { ecKey, ed25519Key, rsaPublicKey } from "../../../../fixtures/recipes/keys.ts";
import {
  encodeBasicConstraints,
  encodeExtKeyUsage,
  encodeKeyUsage,
} from "../../../../src/x509/extension-encode.ts";
import type { KeyUsage } from "../../../../src/x509/oids.ts";
import { flawsOf, inShort } from "./flaws-of.ts";

const ours = root();
const RSA = rsaPublicKey((1n << 2048n) - 1n, 65537n);
const used = (usages: readonly KeyUsage[] | undefined, key: NonNullable<Change["key"]> = ecKey("device")) => [
  device(ours, { key, extensions: { keyUsage: usages && encodeKeyUsage(true, usages) } }),
  ours,
];

describe("key-usage", () => {
  const exact = {
    presence: "required",
    required: ["digitalSignature"],
    optional: [],
    optionalRsa: ["keyEncipherment"],
  };
  const open = { presence: "optional", required: ["digitalSignature"] };
  const short = (chain: ReturnType<typeof used>, parameters: object): string[] =>
    inShort(flawsOf("key-usage", "device", chain, { ...parameters }));
  const both: readonly KeyUsage[] = ["digitalSignature", "keyEncipherment"];
  const only = "keyUsage with digitalSignature only";

  it("asks for exactly the bits required, where none is optional", () => {
    expect(short(used(["digitalSignature"]), exact)).toEqual([]);
    expect(short(used(undefined), exact)).toEqual([`${only} / no keyUsage`]);
    expect(short(used([]), exact)).toEqual([`${only} / nothing`]);
    expect(short(used(["keyAgreement"]), exact)).toEqual([`${only} / keyAgreement`]);
  });

  it("allows an RSA key what it allows RSA keys only", () => {
    expect(short(used(both, RSA), exact)).toEqual([]);
    expect(short(used(both), exact)).toEqual([`${only} / digitalSignature and keyEncipherment`]);
    expect(short(used([...both, "keyAgreement"], RSA), exact)).toEqual([
      "keyUsage with digitalSignature; keyEncipherment allowed too / " +
        "digitalSignature, keyEncipherment and keyAgreement",
    ]);
  });

  it("allows any further bit where no list is given, and no extension at all where it is optional", () => {
    expect(short(used(["digitalSignature", "keyAgreement"]), open)).toEqual([]);
    expect(short(used(undefined), open)).toEqual([]);
    expect(short(used(["keyAgreement"]), open)).toEqual(["keyUsage with digitalSignature / keyAgreement"]);
    expect(short(used(["keyAgreement"]), { presence: "required" })).toEqual([]);
    expect(short(used(undefined), { presence: "required" })).toEqual(["keyUsage / no keyUsage"]);
  });

  it("tells what is missing and what is too much in one sentence", () => {
    const [flaw] = flawsOf("key-usage", "device", used(["keyAgreement", "cRLSign"]), exact);
    expect(flaw?.message).toBe(
      "keyUsage lacks digitalSignature and has keyAgreement and cRLSign, which this role does not need",
    );
  });
});

describe("key-usage-fits-key", () => {
  it.each<[string, NonNullable<Change["key"]>, KeyUsage[], number]>([
    ["an EC key that agrees on keys", ecKey("device"), ["keyAgreement", "encipherOnly"], 0],
    ["an EC key that enciphers data", ecKey("device"), ["dataEncipherment"], 1],
    ["an RSA key that enciphers", RSA, ["keyEncipherment", "dataEncipherment"], 0],
    ["an Ed25519 key that signs", ed25519Key("device"), ["digitalSignature", "nonRepudiation"], 0],
    ["an Ed25519 key that agrees on keys", ed25519Key("device"), ["keyAgreement"], 1],
    ["an Ed25519 key that only deciphers", ed25519Key("device"), ["decipherOnly"], 1],
  ])("judges %s", (_, key, usages, count) => {
    expect(flawsOf("key-usage-fits-key", "device", used(usages, key))).toHaveLength(count);
  });
});

describe("the other rules on keyUsage", () => {
  it("have nothing to say about a device without keyUsage", () => {
    for (const id of ["end-entity", "critical", "nonempty", "fits-key"])
      expect(flawsOf(`key-usage-${id}`, "device", used(undefined)), id).toEqual([]);
  });

  it("ask a CA for one", () => {
    const line = intermediate(ours, { extensions: { keyUsage: undefined } });
    expect(inShort(flawsOf("key-usage-ca", "intermediate", [line, ours]))).toEqual([
      "keyUsage with keyCertSign / no keyUsage",
    ]);
  });
});

describe("ext-key-usage", () => {
  const purposes = (...oids: string[]) => [
    device(ours, {
      extensions: { extKeyUsage: oids.length === 0 ? undefined : encodeExtKeyUsage(false, oids) },
    }),
    ours,
  ];
  const check = (chain: ReturnType<typeof purposes>, presence: string, include?: string[]): string[] =>
    inShort(flawsOf("ext-key-usage", "device", chain, { presence, ...(include && { include }) }));

  it("holds presence and purposes apart", () => {
    expect(check(purposes(OID.clientAuth), "required", ["clientAuth"])).toEqual([]);
    expect(check(purposes(OID.clientAuth, "1.2.3"), "required", ["1.2.3", "clientAuth"])).toEqual([]);
    expect(check(purposes(), "optional", ["clientAuth"])).toEqual([]);
    expect(check(purposes("1.2.3"), "optional", ["clientAuth"])).toEqual([
      "extKeyUsage clientAuth / extKeyUsage 1.2.3",
    ]);
    expect(check(purposes(), "absent")).toEqual([]);
    expect(check(purposes(OID.clientAuth), "absent")).toEqual(["no extKeyUsage / extKeyUsage clientAuth"]);
    expect(check(purposes(), "required")).toEqual(["extKeyUsage / no extKeyUsage"]);
  });

  it("does not take anyExtendedKeyUsage for a purpose asked for", () => {
    expect(check(purposes("2.5.29.37.0"), "required", ["clientAuth"])).toEqual([
      "extKeyUsage clientAuth / extKeyUsage anyExtendedKeyUsage",
    ]);
  });
});

describe("basicConstraints", () => {
  const constrained = (basicConstraints: Uint8Array | undefined) => [
    intermediate(ours, { extensions: { basicConstraints } }),
    ours,
  ];
  const CA = { presence: "required", ca: true };

  it("may be missing only where it is optional", () => {
    expect(inShort(flawsOf("basic-constraints", "intermediate", constrained(undefined), CA))).toEqual([
      "basicConstraints CA:TRUE / no basicConstraints",
    ]);
    const optional = { presence: "optional", ca: true };
    expect(flawsOf("basic-constraints", "intermediate", constrained(undefined), optional)).toEqual([]);
    expect(flawsOf("basic-constraints-critical", "intermediate", constrained(undefined))).toEqual([]);
    expect(flawsOf("path-length-place", "intermediate", constrained(undefined))).toEqual([]);
  });

  it("must not deny that a CA is one", () => {
    const [flaw] = flawsOf(
      "basic-constraints",
      "intermediate",
      constrained(encodeBasicConstraints(true, false)),
      CA,
    );
    expect(flaw?.message).toBe(
      "basicConstraints says that this is not a CA's certificate, but it is an intermediate's",
    );
  });

  it("takes a path length with keyCertSign only", () => {
    const without = intermediate(ours, { extensions: { keyUsage: encodeKeyUsage(true, ["cRLSign"]) } });
    expect(flawsOf("path-length-place", "intermediate", [intermediate(ours), ours])).toEqual([]);
    expect(inShort(flawsOf("path-length-place", "intermediate", [without, ours]))).toEqual([
      "no path length, or CA:TRUE with keyCertSign / path length 0, CA:TRUE, no keyCertSign",
    ]);
  });

  it.each([
    [["absent"], undefined, []],
    [["absent"], 0, ["no path length / path length 0"]],
    [[0], undefined, ["a path length of 0 / no path length"]],
    [[0, 1], 1, []],
    [["absent", 0, 1], 2, ["a path length of 0 or 1, or no path length / path length 2"]],
  ])("allowing path length %j judges %j", (allow, length, expected) => {
    const chain = constrained(encodeBasicConstraints(true, true, length));
    expect(inShort(flawsOf("path-length", "intermediate", chain, { allow }))).toEqual(expected);
  });
});
