import { curveByName } from "./algorithms.ts";
import type { PublicKey } from "./public-key.ts";

/** RSA takes as long as P-256 at 2048 bits and an exponent of so many; measured, as are the others. */
const RSA_BITS = 2048;
const EXPONENT_BITS = 60;
/** Curves that OpenSSL has no code of their own for. */
const OTHER_CURVES = 16;

/**
 * What checking one signature under a key costs, in signatures on P-256 (64 us), rounded up: 16 on the other curves, for
 * RSA by its numbers, whose owner may choose them so that it takes a hundred times as long.
 */
export function signatureCost({ kind, curve, modulusBits = 0, exponent }: PublicKey): number {
  if (kind === "ec") return curve === "P-256" || curveByName(curve ?? "") === undefined ? 1 : OTHER_CURVES;
  if (kind !== "rsa") return 1;
  return Math.ceil(((modulusBits / RSA_BITS) ** 2 * 8 * (exponent?.length ?? 0)) / EXPONENT_BITS);
}
