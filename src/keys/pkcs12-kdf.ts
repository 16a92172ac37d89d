import { createHash } from "node:crypto";

/** What a derived octet string is for (RFC 7292, B.3). */
const FOR_MAC = 3;

/** A hash by the length of its output and of its blocks, in octets. */
const BLOCKS: ReadonlyMap<string, readonly [output: number, block: number]> = new Map([
  ["sha1", [20, 64]],
  ["sha224", [28, 64]],
  ["sha256", [32, 64]],
  ["sha384", [48, 128]],
  ["sha512", [64, 128]],
]);

/**
 * Derives the key of a PKCS#12 file's MAC (RFC 7292, B.2): as long as the hash's output, so that one block of it does.
 * `passphrase` is UTF-8.
 */
export function macKey(passphrase: Uint8Array, salt: Uint8Array, iterations: number, hash: string): Buffer {
  const [, block] = BLOCKS.get(hash) as readonly [number, number];
  const secret = bmpString(passphrase);
  const input = Buffer.concat([Buffer.alloc(block, FOR_MAC), filled(salt, block), filled(secret, block)]);
  let digest = createHash(hash).update(input).digest();
  for (let round = 1; round < iterations; round++) digest = createHash(hash).update(digest).digest();
  secret.fill(0);
  input.fill(0);
  return digest;
}

/** Text in UTF-16, big-endian, with two zero octets at its end (RFC 7292, B.1). */
function bmpString(passphrase: Uint8Array): Buffer {
  return Buffer.from(`${Buffer.from(passphrase).toString("utf8")}\0`, "utf16le").swap16();
}

/** The octets over and over, up to a whole number of blocks. */
function filled(octets: Uint8Array, block: number): Buffer {
  const length = block * Math.ceil(octets.length / block);
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, octets);
}
