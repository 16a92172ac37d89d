import { expect, it } from "vitest";
import type { PublicKey } from "../../../src/x509/public-key.ts";
import { signatureCost } from "../../../src/x509/signature-cost.ts";
import { testKey } from "./mint.ts";

it("counts a signature on P-256, with Ed25519 and with RSA of 2048 bits once", () => {
  expect(signatureCost(testKey().publicKey)).toBe(1);
  expect(signatureCost(testKey("ed25519", {}).publicKey)).toBe(1);
  expect(signatureCost(testKey("rsa", { modulusLength: 2048 }).publicKey)).toBe(1);
});

it("counts other curves more, and those that no signature is checked on once", () => {
  for (const namedCurve of ["P-384", "P-521", "secp256k1"])
    expect(signatureCost(testKey("ec", { namedCurve }).publicKey)).toBe(16);
  expect(signatureCost({ ...testKey().publicKey, curve: "1.2.3.4" })).toBe(1);
});

it("counts RSA by the modulus and the exponent", () => {
  const rsa = (modulusBits: number, octets: number): PublicKey =>
    ({ kind: "rsa", modulusBits, exponent: new Uint8Array(octets) }) as unknown as PublicKey;
  expect(signatureCost(rsa(4096, 3))).toBe(2);
  expect(signatureCost(rsa(2048, 255))).toBe(34);
  expect(signatureCost(rsa(3072, 383))).toBe(115);
  expect(signatureCost(rsa(16_384, 8))).toBe(69);
});
