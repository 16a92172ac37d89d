/**
 * The odd primes up to 167 modulo which the powers of 65537 do not reach every residue, in groups whose
 * product stays under 2^22: one pass over a modulus gives its residue for a whole group in small integers.
 * A key without the flaw passes the first group once in forty times.
 */
const PRIME_GROUPS: readonly (readonly number[])[] = [
  [11, 13, 17, 19],
  [37, 53, 61],
  [71, 73, 79],
  [97, 103, 107],
  [109, 127, 151],
  [157],
];

const GENERATOR = 65537;

/** One group: the product of its primes, and for each prime the residues that a flawed modulus can have. */
interface ResidueGroup {
  readonly product: number;
  readonly reachable: readonly (readonly [prime: number, residues: Uint8Array])[];
}

/**
 * Prepares the test for the fingerprint of CVE-2017-15361. A flawed key's primes are k * M + (65537^a mod M)
 * with M a product of the first primes, so that the modulus is a power of 65537 modulo each of these
 * (Nemec, Sys, Svenda, Klinec, Matyas: The Return of Coppersmith's Attack, CCS 2017, section 2).
 * The test takes an RSA modulus, unsigned big-endian; a sound one fits by chance once in 2^27.8.
 */
export function prepareRocaTest(): (modulus: Uint8Array) => boolean {
  const groups: readonly ResidueGroup[] = PRIME_GROUPS.map((primes) => ({
    product: primes.reduce((product, prime) => product * prime, 1),
    reachable: primes.map((prime) => [prime, powersOfGenerator(prime)] as const),
  }));
  return (modulus) => groups.every((group) => isReachable(modulus, group));
}

function powersOfGenerator(prime: number): Uint8Array {
  const residues = new Uint8Array(prime);
  for (let power = 1; residues[power] === 0; power = (power * GENERATOR) % prime) residues[power] = 1;
  return residues;
}

function isReachable(modulus: Uint8Array, group: ResidueGroup): boolean {
  const product = group.product;
  let residue = 0;
  for (const octet of modulus) residue = (residue * 256 + octet) % product;
  for (const [prime, residues] of group.reachable) if (residues[residue % prime] === 0) return false;
  return true;
}
