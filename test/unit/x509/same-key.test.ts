import { ECDH } from "node:crypto";
import { describe, expect, it } from "vitest";
import { generateKey } from "../../../src/keys/generate.ts";
import { parseKeySpec } from "../../../src/x509/algorithms.ts";
import { encodeOctetsInBits, encodeSequence } from "../../../src/x509/der-writer.ts";
import { decodePublicKey, type PublicKey } from "../../../src/x509/public-key.ts";
import { sameKey } from "../../../src/x509/same-key.ts";

function compressed(key: PublicKey, curve: string): PublicKey {
  const bits = ECDH.convertKey(key.bits, curve, undefined, undefined, "compressed") as Buffer;
  return decodePublicKey(encodeSequence(key.algorithm.der, encodeOctetsInBits(bits)));
}

describe("sameKey", () => {
  const texts = ["ec:P-256", "ec:P-384", "rsa:2048", "ed25519"] as const;

  it("knows a key from every other", () => {
    const keys = [...texts, ...texts].map((text) => generateKey(parseKeySpec(text)).publicKey);
    for (const [i, a] of keys.entries())
      for (const [j, b] of keys.entries()) expect(sameKey(a, decodePublicKey(b.der))).toBe(i === j);
  });

  it("knows a point in its short form", () => {
    const key = generateKey({ kind: "ec", curve: "P-256" }).publicKey;
    const short = compressed(key, "prime256v1");
    expect(short.bits.length).toBe(33);
    expect(sameKey(key, short)).toBe(true);
    expect(sameKey(short, key)).toBe(true);
    const mirrored = Buffer.from(short.bits);
    mirrored[0] = (mirrored[0] as number) ^ 1;
    const other = decodePublicKey(encodeSequence(key.algorithm.der, encodeOctetsInBits(mirrored)));
    expect(sameKey(key, other)).toBe(false);
  });

  it("takes a point that is on no curve for itself alone", () => {
    const key = generateKey({ kind: "ec", curve: "P-256" }).publicKey;
    const off = Buffer.alloc(65, 1);
    off[0] = 4;
    const invalid = decodePublicKey(encodeSequence(key.algorithm.der, encodeOctetsInBits(off)));
    expect(sameKey(invalid, invalid)).toBe(true);
    expect(sameKey(invalid, key)).toBe(false);
  });
});
