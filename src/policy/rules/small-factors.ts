/** Factors are looked for below this (NIST SP 800-89, 5.3.3). */
const BOUND = 752;
/** The product of a group of primes stays below this: one pass over a modulus gives its residue in exact integers. */
const GROUP_BOUND = 2 ** 44;

/** Primes whose product is small enough for one pass. */
interface PrimeGroup {
  readonly product: number;
  readonly primes: readonly number[];
}

/** Prepares the test for a prime below 752 that divides a modulus, unsigned big-endian; gives the least, or undefined. */
export function prepareFactorTest(): (modulus: Uint8Array) => number | undefined {
  const groups = primeGroups();
  return (modulus) => {
    for (const { product, primes } of groups) {
      let residue = 0;
      for (const octet of modulus) residue = (residue * 256 + octet) % product;
      for (const prime of primes) if (residue % prime === 0) return prime;
    }
    return undefined;
  };
}

function primeGroups(): readonly PrimeGroup[] {
  const groups: { product: number; primes: number[] }[] = [];
  for (let number = 2; number < BOUND; number++) {
    if (groups.some(({ primes }) => primes.some((prime) => number % prime === 0))) continue;
    const last = groups.at(-1);
    if (last === undefined || last.product * number >= GROUP_BOUND)
      groups.push({ product: number, primes: [number] });
    else {
      last.product *= number;
      last.primes.push(number);
    }
  }
  return groups;
}
