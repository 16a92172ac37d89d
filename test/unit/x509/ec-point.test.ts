import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { pointProblem } from "../../../src/x509/ec-point.ts";
import { decodePublicKey } from "../../../src/x509/public-key.ts";
import { DEVICE_KEY, device, said } from "./path-scene.ts";

const spki = (namedCurve: string): Buffer =>
  generateKeyPairSync("ec", { namedCurve }).publicKey.export({ type: "spki", format: "der" });

/** The same key with one octet of its point changed, counted from the end. */
function spoiled(der: Uint8Array, fromEnd: number): Buffer {
  const changed = Buffer.from(der);
  const at = changed.length - fromEnd;
  changed[at] = (changed[at] as number) ^ 1;
  return changed;
}

/** A P-256 key of this x, or of this x and y. */
function p256(form: number, ...numbers: bigint[]): Buffer {
  const octets = numbers.map((number) => number.toString(16).padStart(64, "0")).join("");
  const head =
    form === 4
      ? "3059301306072a8648ce3d020106082a8648ce3d030107034200"
      : "3039301306072a8648ce3d020106082a8648ce3d030107032200";
  return Buffer.from(`${head}0${form}${octets}`, "hex");
}

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;

describe("a point on its curve", () => {
  it.each(["P-256", "P-384", "P-521", "secp224r1", "secp256k1", "brainpoolP256r1"])("%s", (curve) => {
    for (let i = 0; i < 8; i++) expect(pointProblem(decodePublicKey(spki(curve)))).toBeUndefined();
  });

  it.each(["P-256", "P-384", "P-521", "secp224r1", "secp256k1", "brainpoolP256r1"])(
    "%s, changed anywhere, is none",
    (curve) => {
      const der = spki(curve);
      for (const fromEnd of [1, 2, 20, 28, 40, 55]) {
        const changed = spoiled(der, fromEnd);
        const problem = pointProblem(decodePublicKey(changed));
        expect(problem, String(fromEnd)).toMatch(/^its key is not a point of the curve \S+$/);
        // OpenSSL says the same.
        expect(() => createPublicKey({ key: changed, format: "der", type: "spki" })).toThrow();
      }
    },
  );

  it("is decided as OpenSSL does at the field's edges", () => {
    const cases = [p256(4, 0n, 0n), p256(4, P, 0n), p256(4, P - 1n, P), p256(4, 5n, P + 1n)];
    for (const der of cases) expect(pointProblem(decodePublicKey(der))).toBeDefined();
    // x = 0 has a root: sqrt(b), as it stands in the compressed form.
    expect(pointProblem(decodePublicKey(p256(2, 0n)))).toBeUndefined();
    const y = BigInt("0x66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
    expect(pointProblem(decodePublicKey(p256(4, 0n, y)))).toBeUndefined();
    expect(pointProblem(decodePublicKey(p256(4, P, y)))).toBeDefined();
  });

  it("is asked of EC keys only", () => {
    const ed25519 = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" });
    expect(pointProblem(decodePublicKey(ed25519))).toBeUndefined();
  });

  it("is asked of a certificate's own key by every path", () => {
    const key = { ...DEVICE_KEY, publicKey: decodePublicKey(spoiled(DEVICE_KEY.publicKey.der, 1)) };
    expect(said({ target: device({ key }) })).toEqual(["path.invalid-key Device"]);
  });
});
