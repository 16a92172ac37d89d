import type { Random } from "../base/effects.ts";
import type { ByteSource } from "./byte-source.ts";
import { type Crl, type CrlEntry, decodeCrl, readCrlEntry } from "./crl.ts";
import { crlError } from "./crl-error.ts";
import { sameBytes } from "./der-reader.ts";

/**
 * Where each serial number's entry is in a CRL: an open hash table of pairs, a hash and a place, 16 octets an entry at
 * most. It is plain shared memory, so that one that was made can be handed to other threads.
 */
export interface CrlIndex {
  /** Pairs of 32 bits; a place of 0 is a free one. */
  readonly table: Uint32Array;
  /** Of the hash: secret, so that nobody can make a CRL whose serial numbers all meet in one place. */
  readonly keys: Float64Array;
}

/** A CRL that was decoded whole, with its index. */
export interface IndexedCrl {
  readonly crl: Crl;
  readonly index: CrlIndex;
  /** How many entries it has. */
  readonly count: number;
  /** Critical extensions of its entries that are not understood, by OID: at most the first. */
  readonly unknownCritical: readonly string[];
  /** Whether an entry says that it is about another issuer's certificate. */
  readonly otherIssuers: boolean;
  /** Whether an entry takes a certificate off, as only a delta CRL may. */
  readonly removals: boolean;
}

/** Serial numbers have 256 octets at most; the last key is for their length. */
const KEYS = 129;
/** A prime: hashes are below it, and a product of it and 16 bits is exact. */
const MODULUS = 2 ** 31 - 1;
const FIRST_SLOTS = 1024;
/** How often a serial number may be on a CRL: each look-up goes through all of them, as making the index does. */
const MOST_ALIKE = 16;

/** Decodes a CRL whole and makes its index; throws as `decodeCrl`. */
export function indexCrl(source: ByteSource, what: string, random: Random): IndexedCrl {
  const keys = makeKeys(random);
  let table = makeTable(FIRST_SLOTS);
  let count = 0;
  const unknownCritical: string[] = [];
  let otherIssuers = false;
  let removals = false;
  const crl = decodeCrl(source, what, (entry, at) => {
    if (2 * count >= table.length / 2) table = grown(table);
    if (put(table, hashOf(entry.serial, keys), at) > MOST_ALIKE)
      throw crlError("duplicates", what, `entry ${count + 1} is about a certificate that is on it too often`);
    count++;
    if (entry.unknownCritical.length > 0 && unknownCritical.length === 0)
      unknownCritical.push(...entry.unknownCritical.slice(0, 1));
    otherIssuers ||= entry.otherIssuer;
    removals ||= entry.reason === "removeFromCRL";
  });
  return { crl, index: { table, keys }, count, unknownCritical, otherIssuers, removals };
}

/**
 * Finds a serial number's entry, its INTEGER's octets given: the one that revokes for good where there are several.
 * Reads no more of the CRL than entries with the same hash.
 */
export function findCrlEntry(
  source: ByteSource,
  { crl, index }: Pick<IndexedCrl, "crl" | "index">,
  serial: Uint8Array,
  what: string,
): CrlEntry | undefined {
  const { table, keys } = index;
  const hash = hashOf(serial, keys);
  const mask = table.length / 2 - 1;
  let found: CrlEntry | undefined;
  for (let slot = hash & mask; table[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
    if (table[2 * slot] !== hash) continue;
    const entry = readCrlEntry(source, crl, table[2 * slot + 1] as number, what);
    if (!sameBytes(entry.serial, serial)) continue;
    if (found === undefined || found.reason === "certificateHold") found = entry;
  }
  return found;
}

function makeTable(slots: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(slots * 8));
}

function grown(old: Uint32Array): Uint32Array {
  const table = makeTable(old.length);
  for (let i = 0; i < old.length; i += 2)
    if (old[i + 1] !== 0) put(table, old[i] as number, old[i + 1] as number);
  return table;
}

/** Gives how many entries of the same hash were there before. */
function put(table: Uint32Array, hash: number, at: number): number {
  const mask = table.length / 2 - 1;
  let slot = hash & mask;
  let alike = 0;
  for (; table[2 * slot + 1] !== 0; slot = (slot + 1) & mask) if (table[2 * slot] === hash) alike++;
  table[2 * slot] = hash;
  table[2 * slot + 1] = at;
  return alike;
}

function makeKeys(random: Random): Float64Array {
  const octets = Buffer.from(random.bytes(4 * KEYS));
  const keys = new Float64Array(new SharedArrayBuffer(8 * KEYS));
  for (let i = 0; i < KEYS; i++) keys[i] = octets.readUInt32LE(4 * i) % MODULUS;
  return keys;
}

/** A universal hash: for secret keys, two serial numbers meet with a probability of 2^-31, whoever chose them. */
function hashOf(serial: Uint8Array, keys: Float64Array): number {
  const { length } = serial;
  let sum = length * (keys[KEYS - 1] as number);
  for (let i = 0, word = 0; i < length; i += 2, word++) {
    sum += ((serial[i] as number) * 256 + (serial[i + 1] ?? 0)) * (keys[word] as number);
    // Sixteen products of 47 bits are exact in a number's 53.
    if ((word & 15) === 15) sum %= MODULUS;
  }
  return sum % MODULUS;
}
