import { constants, createHash, privateEncrypt, sign } from "node:crypto";
import {
  encode,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from "../../../src/x509/der-writer.ts";
import { curveOrder } from "../../../src/x509/ecdsa-signature.ts";
import type { TestKey } from "./mint.ts";

/** Signs, soundly or not, with SHA-256 or Ed25519. */
export type MakeSignature = (data: Uint8Array, key: TestKey) => Uint8Array;
/** A flaw in words, and what has it. */
export type Flaw = readonly [what: string, make: MakeSignature];

const ZERO: Uint8Array = Uint8Array.of(0);

/** Octets as an unsigned number. */
export const number = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString("hex")}`);
/** A number as so many octets. */
export const octetsOf = (value: bigint, length: number): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");

/** A signature as it must be. */
export const honest: MakeSignature = (data, { publicKey, privateKey }) =>
  sign(publicKey.kind === "ed25519" ? null : "sha256", data, privateKey);

const plain = (octets: Uint8Array): Uint8Array => encodeUnsigned(octets);
const pair = (...octets: readonly Uint8Array[]): Uint8Array => encodeSequence(...octets.map(plain));

/** Spoils the two numbers of a sound signature on P-256. */
function spoil(change: (r: Uint8Array, s: Uint8Array, n: Uint8Array) => Uint8Array): MakeSignature {
  return (data, { privateKey }) => {
    const raw = sign("sha256", data, { key: privateKey, dsaEncoding: "ieee-p1363" });
    return change(raw.subarray(0, 32), raw.subarray(32), curveOrder("P-256") as Uint8Array);
  };
}

/** What no ECDSA signature on P-256 may be (SEC 1, 4.1.4; X.690, 8.3.2). */
export const EC_FLAWS: readonly Flaw[] = [
  ["r of 0", spoil((_, s) => pair(ZERO, s))],
  ["s of 0", spoil((r) => pair(r, ZERO))],
  ["r and s of 0", spoil(() => pair(ZERO, ZERO))],
  ["r of n", spoil((_, s, n) => pair(n, s))],
  ["s of n", spoil((r, _, n) => pair(r, n))],
  ["r over n, the same modulo n", spoil((r, s, n) => pair(octetsOf(number(r) + number(n), 33), s))],
  ["s over n, the same modulo n", spoil((r, s, n) => pair(r, octetsOf(number(s) + number(n), 33)))],
  ["a negative r", spoil((_, s) => encodeSequence(encode(2, Uint8Array.of(0x80)), plain(s)))],
  ["a negative s", spoil((r) => encodeSequence(plain(r), encode(2, Uint8Array.of(0xff))))],
  ["r not minimal", spoil((r, s) => encodeSequence(encode(2, Buffer.concat([ZERO, ZERO, r])), plain(s)))],
  ["s not minimal", spoil((r, s) => encodeSequence(plain(r), encode(2, Buffer.concat([ZERO, ZERO, s]))))],
  ["octets after the numbers", spoil((r, s) => encodeSequence(plain(r), plain(s), encodeNull()))],
  ["octets after the sequence", spoil((r, s) => Buffer.concat([pair(r, s), ZERO]))],
  ["no DER at all", spoil((r, s) => Buffer.concat([r, s]))],
  ["nothing", () => new Uint8Array()],
];

const SHA256 = encodeOid("2.16.840.1.101.3.4.2.1");
const SHA256_ID = encodeSequence(SHA256, encodeNull());
const digest = (data: Uint8Array): Uint8Array =>
  encodeOctetString(createHash("sha256").update(data).digest());

/** A DigestInfo of SHA-256 as it must be (RFC 8017, 9.2). */
export const digestInfo = (data: Uint8Array): Uint8Array => encodeSequence(SHA256_ID, digest(data));

/** An encoded message of 2048 bits that ends in `tail`. */
export const padded = (tail: Uint8Array, octet = 0xff, type = 1): Buffer =>
  Buffer.concat([Uint8Array.of(0, type), Buffer.alloc(256 - tail.length - 3, octet), ZERO, tail]);

/** The signature whose encoded message is what `encoded` gives. */
export const raw =
  (encoded: (data: Uint8Array) => Uint8Array): MakeSignature =>
  (data, { privateKey }) =>
    privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encoded(data));

/** What no RSA signature of 2048 bits with PKCS#1 v1.5 may be (RFC 8017, 8.2.2). */
export const RSA_FLAWS: readonly Flaw[] = [
  ["padding of zeros", raw((data) => padded(digestInfo(data), 0))],
  ["padding of block type 2", raw((data) => padded(digestInfo(data), 0xff, 2))],
  [
    "eight octets of padding and something after",
    raw((data) => {
      const front = Buffer.concat([Uint8Array.of(0, 1), Buffer.alloc(8, 0xff), ZERO, digestInfo(data)]);
      return Buffer.concat([front, Buffer.alloc(256 - front.length, 0xff)]);
    }),
  ],
  ["a DigestInfo without NULL", raw((data) => padded(encodeSequence(encodeSequence(SHA256), digest(data))))],
  [
    "a DigestInfo of another hash's name",
    raw((data) =>
      padded(encodeSequence(encodeSequence(encodeOid("2.16.840.1.101.3.4.2.2"), encodeNull()), digest(data))),
    ),
  ],
  [
    "something inside the DigestInfo",
    raw((data) => padded(encodeSequence(SHA256_ID, digest(data), encodeNull()))),
  ],
  [
    "something inside the hash's identifier",
    raw((data) => padded(encodeSequence(encodeSequence(SHA256, encodeNull(), encodeNull()), digest(data)))),
  ],
  ["the hash alone", raw((data) => padded(createHash("sha256").update(data).digest()))],
  ["an octet before it", (data, key) => Buffer.concat([ZERO, honest(data, key)])],
  ["an octet after it", (data, key) => Buffer.concat([honest(data, key), ZERO])],
  [
    "the modulus added",
    (data, key) => octetsOf(number(honest(data, key)) + number(key.publicKey.modulus as Uint8Array), 257),
  ],
  ["nothing", () => new Uint8Array()],
];

const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const cut = (change: (signature: Buffer) => Uint8Array): MakeSignature => {
  return (data, key) => change(Buffer.from(honest(data, key)));
};

/** What no Ed25519 signature may be (RFC 8032, 5.1.7). */
export const ED_FLAWS: readonly Flaw[] = [
  [
    "S over the order, the same modulo the order",
    cut((signature) => {
      const s = number(Buffer.from(signature.subarray(32)).reverse()) + L;
      return Buffer.concat([signature.subarray(0, 32), octetsOf(s, 32).reverse()]);
    }),
  ],
  ["an octet too few", cut((signature) => signature.subarray(0, 63))],
  ["an octet too many", cut((signature) => Buffer.concat([signature, ZERO]))],
  [
    "R that is no point's canonical form",
    cut((signature) => Buffer.concat([Buffer.from(`ee${"ff".repeat(30)}7f`, "hex"), signature.subarray(32)])),
  ],
  ["nothing", () => new Uint8Array()],
];
