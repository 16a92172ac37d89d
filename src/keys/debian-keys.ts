import { join } from "node:path";
import type { Files } from "../base/effects.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { FingerprintList } from "./fingerprint-list.ts";

/** The kinds of keys that there are lists of, and the lists' files. */
export const DEBIAN_KEY_LISTS: ReadonlyMap<string, string> = new Map([
  ["ec:P-256", "ec-p256.keys"],
  ["ec:P-384", "ec-p384.keys"],
  ["rsa:2048", "rsa-2048.keys"],
]);

/** A fingerprint's length in octets. */
const FINGERPRINT = 8;

/**
 * Prepares the test for the keys that Debian's OpenSSL of 2006 to 2008 could make (CVE-2008-0166), by the lists in
 * the directory that `find` gives, each opened at the first key of its kind. The test throws `io.key-list`. A key is known by the last eight
 * octets of its modulus, or of its point's x coordinate, which a key and its negative share: another one has those by
 * chance once in 2^45.
 */
export function prepareDebianKeyTest(files: Files, find: () => string): (publicKey: PublicKey) => boolean {
  const lists = new Map<string, FingerprintList>();
  return (publicKey) => {
    const { label } = publicKey;
    const name = DEBIAN_KEY_LISTS.get(label);
    const number = publicKey.modulus ?? xOf(publicKey);
    if (name === undefined || number === undefined) return false;
    let list = lists.get(label);
    if (list === undefined) {
      list = new FingerprintList(files, join(find(), name));
      lists.set(label, list);
    }
    const end = number.length;
    return list.has(numberAt(number, end - FINGERPRINT), numberAt(number, end - FINGERPRINT / 2));
  };
}

/** An EC point's x coordinate, whether y follows or not (SEC 1, 2.3.3). */
function xOf({ kind, bits }: PublicKey): Uint8Array | undefined {
  if (kind !== "ec") return undefined;
  return bits.subarray(1, bits[0] === 4 ? (bits.length + 1) / 2 : bits.length);
}

function numberAt(octets: Uint8Array, at: number): number {
  let number = 0;
  for (let index = at; index < at + 4; index++) number = number * 256 + (octets[index] as number);
  return number;
}
