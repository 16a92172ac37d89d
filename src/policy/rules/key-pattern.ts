import { curveByOid } from "../../x509/algorithms.ts";
import type { PublicKey } from "../../x509/public-key.ts";

/** Tells whether a key is one of those that a list of key patterns describes. */
export type KeyMatcher = (key: PublicKey) => boolean;

/**
 * Compiles key patterns: `ec:P-256` (a curve's name or OID), `rsa:2048` (bits, exactly), `rsa:2048-4096`,
 * `rsa:3072+` and `ed25519`. Throws TypeError for anything else; the policy's loader has refused those.
 */
export function keyMatcher(patterns: readonly string[]): KeyMatcher {
  const curves = new Set<string>();
  const ranges: (readonly [number, number])[] = [];
  let ed25519 = false;
  for (const pattern of patterns) {
    const rsa = /^rsa:(\d+)(?:(\+)|-(\d+))?$/.exec(pattern);
    if (pattern === "ed25519") ed25519 = true;
    else if (pattern.startsWith("ec:")) curves.add(curveName(pattern.slice(3)));
    else if (rsa !== null) {
      const least = Number(rsa[1]);
      ranges.push([least, rsa[2] === "+" ? Number.POSITIVE_INFINITY : Number(rsa[3] ?? least)]);
    } else throw new TypeError(`"${pattern}" is not a key pattern`);
  }
  return (key) => {
    if (key.kind === "ec") return curves.has(key.curve ?? "");
    if (key.kind === "ed25519") return ed25519;
    if (key.kind !== "rsa") return false;
    const bits = key.modulusBits ?? 0;
    for (const [least, most] of ranges) if (bits >= least && bits <= most) return true;
    return false;
  };
}

/** A curve as PublicKey has it: by its name, by its OID only where we have no name. */
function curveName(nameOrOid: string): string {
  return curveByOid(nameOrOid)?.name ?? nameOrOid;
}
