import { ECDH } from "node:crypto";
import { curveByName } from "./algorithms.ts";
import { sameBytes } from "./der-reader.ts";
import type { PublicKey } from "./public-key.ts";

/**
 * Tells whether two public keys are the same key: by their one DER form, or for EC points by the point, which may be
 * written compressed or not (RFC 5480, 2.2).
 */
export function sameKey(a: PublicKey, b: PublicKey): boolean {
  if (sameBytes(a.der, b.der)) return true;
  return a.kind === "ec" && b.kind === "ec" && a.curve === b.curve && sameBytes(compressed(a), compressed(b));
}

/** The point's short form; a point that is not on the curve, or on a curve we don't know, stays as it is. */
function compressed(key: PublicKey): Uint8Array {
  const curve = curveByName(key.curve ?? "");
  if (curve === undefined || key.bits[0] !== 4) return key.bits;
  try {
    return ECDH.convertKey(key.bits, curve.opensslName, undefined, undefined, "compressed") as Buffer;
  } catch {
    return key.bits;
  }
}
