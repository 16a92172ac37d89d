import { describe, expect, it } from "vitest";
import { device, root } from "../../../../fixtures/recipes/chains.ts";
import { ecKey, ed25519Key, rsaPublicKey } from "../../../../fixtures/recipes/keys.ts";
import { keyMatcher } from "../../../../src/policy/rules/key-pattern.ts";
import { algorithmIdentifier, KEY_OID } from "../../../../src/x509/algorithms.ts";
import { encodeOctetsInBits, encodeOid, encodeSequence } from "../../../../src/x509/der-writer.ts";
import { decodePublicKey, type PublicKey } from "../../../../src/x509/public-key.ts";
import { flawsOf, inShort } from "./flaws-of.ts";

const ours = root();
const rsa = (bits: number, exponent = 65537n): PublicKey => rsaPublicKey((1n << BigInt(bits)) - 1n, exponent);
const P256 = ecKey("device").publicKey;

function onCurve(oid: string): PublicKey {
  const algorithm = algorithmIdentifier(KEY_OID.ec, encodeOid(oid));
  return decodePublicKey(encodeSequence(algorithm.der, encodeOctetsInBits(Buffer.alloc(49, 4))));
}

const UNKNOWN_CURVE = onCurve("1.3.132.0.99");
const P192 = onCurve("1.2.840.10045.3.1.1");
const OTHER = decodePublicKey(
  encodeSequence(algorithmIdentifier("2.16.840.1.101.3.4.3.17").der, encodeOctetsInBits(Buffer.alloc(8))),
);

describe("keyMatcher", () => {
  it.each<[string, PublicKey, boolean]>([
    ["ec:P-256", P256, true],
    ["ec:P-384", P256, false],
    ["ec:1.2.840.10045.3.1.7", P256, true],
    ["ec:1.3.132.0.99", UNKNOWN_CURVE, true],
    ["ed25519", ed25519Key("device").publicKey, true],
    ["ec:P-256", ed25519Key("device").publicKey, false],
    ["rsa:2048", rsa(2048), true],
    ["rsa:2048", rsa(2056), false],
    ["rsa:2048-4096", rsa(2047), false],
    ["rsa:2048-4096", rsa(2048), true],
    ["rsa:2048-4096", rsa(4096), true],
    ["rsa:2048-4096", rsa(4097), false],
    ["rsa:3072+", rsa(3071), false],
    ["rsa:3072+", rsa(16384), true],
    ["rsa:1+", P256, false],
    ["rsa:1+", OTHER, false],
  ])("%s", (pattern, key, expected) => {
    expect(keyMatcher([pattern])(key)).toBe(expected);
    expect(keyMatcher(["ec:none", pattern])(key)).toBe(expected);
  });

  it.each(["rsa", "rsa:", "rsa:2048-", "P-256", "dsa:2048", "ed448"])("throws for %s", (pattern) => {
    expect(() => keyMatcher([pattern])).toThrow(TypeError);
  });
});

describe("key-algorithm", () => {
  it("names the key and a kind that is taken", () => {
    const [flaw] = flawsOf("key-algorithm", "device", [device(ours, { key: rsa(1024) }), ours], {
      allow: ["rsa:2048+", "ec:P-384"],
    });
    expect(flaw?.message).toContain("RSA of 1024 bits");
    expect(flaw?.hint).toContain("--key ec:P-384");
  });
});

describe("key-strength", () => {
  const limits = { minimumRsaBits: 2048, minimumEcBits: 224 };

  it.each<[string, PublicKey, string[]]>([
    ["RSA of 2047 bits", rsa(2047), ["an RSA modulus of at least 2048 bits / 2047 bits"]],
    ["RSA of 2048 bits", rsa(2048), []],
    ["P-192", P192, ["a curve of at least 224 bits / 192 bits"]],
    ["P-256", P256, []],
    ["a curve it does not know", UNKNOWN_CURVE, []],
    ["Ed25519", ed25519Key("device").publicKey, []],
    ["an algorithm it does not know", OTHER, []],
  ])("judges %s", (_, key, expected) => {
    expect(inShort(flawsOf("key-strength", "device", [device(ours, { key }), ours], limits))).toEqual(
      expected,
    );
  });
});

describe("rsa-exponent", () => {
  it.each([
    [0n, ["0"]],
    [1n, ["0x01"]],
    [2n, ["0x02"]],
    [3n, []],
    [65536n, ["0x010000"]],
    [65537n, []],
    [257n, []],
  ])("judges %s", (exponent, actual) => {
    const flaws = flawsOf("rsa-exponent", "device", [device(ours, { key: rsa(2048, exponent) }), ours]);
    expect(flaws.map((flaw) => flaw.actual)).toEqual(actual);
  });
});

describe("key-preferred, rsa-exponent and known-weak-key", () => {
  it("have nothing to say about an EC key on P-256", () => {
    const chain = [device(ours), ours];
    expect(flawsOf("key-preferred", "device", chain, { prefer: ["ec:P-256"] })).toEqual([]);
    expect(flawsOf("rsa-exponent", "device", chain)).toEqual([]);
    expect(flawsOf("known-weak-key", "device", chain)).toEqual([]);
  });
});
