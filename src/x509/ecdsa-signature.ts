import { SamicertsError } from "../base/errors.ts";
import { compareBytes, readSequence } from "./der-reader.ts";

/** The orders of the curves' groups, unsigned big-endian, by curve name (SEC 2; SP 800-186; RFC 5639). */
const ORDERS: ReadonlyMap<string, Uint8Array> = new Map(
  [
    ["P-192", "ffffffffffffffffffffffff99def836146bc9b1b4d22831"],
    ["P-224", "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d"],
    ["P-256", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"],
    [
      "P-384",
      "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    ],
    [
      "P-521",
      "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa" +
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ],
    ["secp256k1", "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"],
    ["brainpoolP256r1", "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7"],
    [
      "brainpoolP384r1",
      "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
    ],
    [
      "brainpoolP512r1",
      "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870" +
        "553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
    ],
  ].map(([name, hex]) => [name as string, Buffer.from(hex as string, "hex")]),
);

/** The order of a curve's group, unsigned big-endian; undefined where we can't check signatures on the curve. */
export function curveOrder(curve: string): Uint8Array | undefined {
  return ORDERS.get(curve);
}

/**
 * Says what is wrong with an ECDSA-Sig-Value before any arithmetic (RFC 3279, 2.2.3; SEC 1, 4.1.4):
 * strict DER, nothing after it, r and s from 1 to the order less 1. Undefined where nothing is.
 */
export function ecdsaSignatureProblem(signature: Uint8Array, order: Uint8Array): string | undefined {
  try {
    const sequence = readSequence(signature, "the ECDSA signature");
    const problem = scalarProblem(sequence.integer("r"), "r", order);
    if (problem !== undefined) return problem;
    const other = scalarProblem(sequence.integer("s"), "s", order);
    sequence.end("the ECDSA signature");
    return other;
  } catch (error) {
    if (error instanceof SamicertsError) return error.message;
    throw error;
  }
}

function scalarProblem(octets: Uint8Array, what: string, order: Uint8Array): string | undefined {
  const first = octets[0] as number;
  if (first >= 0x80) return `${what} of the ECDSA signature is negative`;
  const value = first === 0 ? octets.subarray(1) : octets;
  if (value.length === 0) return `${what} of the ECDSA signature is zero`;
  if (value.length > order.length || (value.length === order.length && compareBytes(value, order) >= 0))
    return `${what} of the ECDSA signature is not below the order of the curve`;
  return undefined;
}
