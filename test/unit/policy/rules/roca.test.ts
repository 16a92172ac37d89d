import { describe, expect, it } from "vitest";
import { rocaPublicKey, rsaKey } from "../../../../fixtures/recipes/keys.ts";
import { prepareRocaTest } from "../../../../src/policy/rules/roca.ts";

const hasFingerprint = prepareRocaTest();

/** The primes that tell, and for some of them the residues that the published detector takes. */
const PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];
const PUBLISHED: readonly (readonly [prime: number, mask: bigint])[] = [
  [11, 1026n],
  [13, 5658n],
  [17, 107286n],
  [19, 199410n],
  [37, 67109890n],
  [53, 5310023542746834n],
  [61, 1455791217086302986n],
  [71, 20052041432995567486n],
];

function octets(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

describe("the ROCA test", () => {
  it("finds keys made as the flawed library made them", () => {
    for (const label of ["one", "two", "three"])
      expect(hasFingerprint(rocaPublicKey(label).modulus!)).toBe(true);
  });

  it("passes sound keys of every size", () => {
    for (const bits of [1024, 2048, 3072])
      expect(hasFingerprint(rsaKey("sound", bits).publicKey.modulus!)).toBe(false);
  });

  it.each(PUBLISHED)("takes the published residues modulo %i and no others", (prime, mask) => {
    const others = PRIMES.filter((other) => other !== prime).reduce(
      (product, other) => product * BigInt(other),
      1n,
    );
    let taken = 0n;
    for (let step = 0n; step < BigInt(prime); step++) {
      // One modulo every other prime, and each residue in turn modulo this one.
      const modulus = 1n + others * step;
      if (hasFingerprint(octets(modulus))) taken |= 1n << (modulus % BigInt(prime));
    }
    expect(taken).toBe(mask);
  });
});
