import { createHash } from "node:crypto";

/** What a derived octet string is for (RFC 7292, B.3). */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const;

/** A hash by the length of its blocks, in octets. */
const BLOCKS: ReadonlyMap<string, number> = new Map([
  ["sha1", 64],
  ["sha224", 64],
  ["sha256", 64],
  ["sha384", 128],
  ["sha512", 128],
]);

/**
 * Derives octets from a passphrase as PKCS#12 does (RFC 7292, B.2); of the key of a MAC the whole hash, where `octets` is
 * left out. `passphrase` is UTF-8, `hash` as node:crypto calls it.
 */
export function derivePkcs12(
  passphrase: Uint8Array,
  {
    salt,
    iterations,
    hash,
  }: { readonly salt: Uint8Array; readonly iterations: number; readonly hash: string },
  purpose: number,
  octets?: number,
): Buffer {
  const block = BLOCKS.get(hash) as number;
  const diversifier = Buffer.alloc(block, purpose);
  const secret = bmpText(`${Buffer.from(passphrase).toString("utf8")}\0`);
  const input = Buffer.concat([filled(salt, block), filled(secret, block)]);
  const derived: Buffer[] = [];
  let length = 0;
  for (;;) {
    let digest = createHash(hash).update(diversifier).update(input).digest();
    for (let round = 1; round < iterations; round++) digest = createHash(hash).update(digest).digest();
    derived.push(digest);
    length += digest.length;
    if (length >= (octets ?? digest.length)) break;
    addToEachBlock(input, filled(digest, block).subarray(0, block), block);
  }
  secret.fill(0);
  input.fill(0);
  return Buffer.concat(derived).subarray(0, octets ?? length);
}

/** Adds `addend` and one to each block, as numbers that wrap around (RFC 7292, B.2, step 6.C). */
function addToEachBlock(input: Buffer, addend: Buffer, block: number): void {
  for (let end = block; end <= input.length; end += block) {
    let carry = 1;
    for (let i = 1; i <= block; i++) {
      carry += (input[end - i] as number) + (addend[block - i] as number);
      input[end - i] = carry & 0xff;
      carry >>= 8;
    }
  }
}

/** Text as a BMPString has it, in UTF-16, big-endian; a passphrase's ends with a zero character (RFC 7292, B.1). */
export function bmpText(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

/** The octets over and over, up to a whole number of blocks. */
function filled(octets: Uint8Array, block: number): Buffer {
  const length = block * Math.ceil(octets.length / block);
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, octets);
}
