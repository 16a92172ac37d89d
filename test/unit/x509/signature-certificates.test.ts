import { constants, createHash, generateKeyPairSync, privateEncrypt, sign } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { type AlgorithmIdentifier, algorithmIdentifier } from "../../../src/x509/algorithms.ts";
import { assembleCertificate, type Certificate, decodeCertificate } from "../../../src/x509/certificate.ts";
import { buildPath } from "../../../src/x509/chain.ts";
import {
  encode,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from "../../../src/x509/der-writer.ts";
import { curveOrder } from "../../../src/x509/ecdsa-signature.ts";
import { decodePublicKey, type PublicKey } from "../../../src/x509/public-key.ts";
import { mint, NOW, type TestKey, testKey } from "./mint.ts";
import { named } from "./signing-scene.ts";

/** A root and what it takes to sign a device under it wrongly. */
interface Issuer {
  readonly root: Certificate;
  readonly key: TestKey;
  readonly algorithm: AlgorithmIdentifier;
}

const DEVICE_KEY = testKey();

function issuer(key: TestKey, algorithm: AlgorithmIdentifier): Issuer {
  return { root: mint({ subject: "Root", key, ca: true }), key, algorithm };
}

/** What verify says of a device whose signature over its own octets `makeSignature` makes. */
function judged(
  { root, key, algorithm }: Issuer,
  makeSignature: (tbs: Uint8Array) => Uint8Array,
  change: {
    readonly inner?: AlgorithmIdentifier;
    readonly outer?: AlgorithmIdentifier;
    readonly anchor?: Certificate;
  } = {},
): string[] {
  const inner = change.inner ?? algorithm;
  const made = mint({
    subject: "Device",
    issuer: "Root",
    key: DEVICE_KEY,
    by: key,
    ...(key.publicKey.kind === "ed25519" ? {} : { algorithm: { identifier: inner, hash: "sha256" } }),
  });
  const der = assembleCertificate(made.tbs, change.outer ?? inner, makeSignature(made.tbs));
  const target = decodeCertificate(der);
  const { findings } = buildPath({ target, anchors: [change.anchor ?? root], untrusted: [], atMs: NOW });
  return findings.map(({ rule }) => rule);
}

const SHA256_RSA = named("sha256WithRSAEncryption", encodeNull());
const ECDSA_SHA256 = named("ecdsa-with-SHA256");
const ZERO = Uint8Array.of(0);
const number = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString("hex")}`);
const octetsOf = (value: bigint, length: number): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");

describe("a device's certificate under an EC root", () => {
  const ec = issuer(testKey(), ECDSA_SHA256);
  const n = curveOrder("P-256") as Uint8Array;
  const parts = (tbs: Uint8Array): readonly [Uint8Array, Uint8Array] => {
    const raw = sign("sha256", tbs, { key: ec.key.privateKey, dsaEncoding: "ieee-p1363" });
    return [raw.subarray(0, 32), raw.subarray(32)];
  };
  const honest = (tbs: Uint8Array) => encodeSequence(...parts(tbs).map((octets) => encodeUnsigned(octets)));
  const integers = (r: Uint8Array, s: Uint8Array) => encodeSequence(encode(2, r), encode(2, s));
  const plain = (octets: Uint8Array) => encodeUnsigned(octets);

  it("is taken where the signature is sound", () => expect(judged(ec, honest)).toEqual([]));

  it.each<[string, (r: Uint8Array, s: Uint8Array) => Uint8Array]>([
    ["r of 0", (_, s) => encodeSequence(plain(ZERO), plain(s))],
    ["s of 0", (r) => encodeSequence(plain(r), plain(ZERO))],
    ["r and s of 0", () => encodeSequence(plain(ZERO), plain(ZERO))],
    ["r of n", (_, s) => encodeSequence(plain(n), plain(s))],
    ["s of n", (r) => encodeSequence(plain(r), plain(n))],
    [
      "r over n, the same modulo n",
      (r, s) => encodeSequence(plain(octetsOf(number(r) + number(n), 33)), plain(s)),
    ],
    [
      "s over n, the same modulo n",
      (r, s) => encodeSequence(plain(r), plain(octetsOf(number(s) + number(n), 33))),
    ],
    ["a negative r", (_, s) => encodeSequence(encode(2, Uint8Array.of(0x80)), plain(s))],
    ["a negative s", (r) => encodeSequence(plain(r), encode(2, Uint8Array.of(0xff)))],
    ["r not minimal", (r, s) => integers(Buffer.concat([ZERO, ZERO, r]), Buffer.concat([ZERO, ZERO, s]))],
    ["octets after the numbers", (r, s) => encodeSequence(plain(r), plain(s), encodeNull())],
    ["octets after the sequence", (r, s) => Buffer.concat([encodeSequence(plain(r), plain(s)), ZERO])],
    ["no DER at all", (r, s) => Buffer.concat([r, s])],
    ["nothing", () => new Uint8Array()],
  ])("is refused with %s", (_, spoil) => {
    expect(judged(ec, (tbs) => spoil(...parts(tbs)))).toEqual(["path.signature"]);
  });

  it("is refused where parameters stand that are forbidden", () => {
    expect(judged(ec, honest, { inner: named("ecdsa-with-SHA256", encodeNull()) })).toEqual([
      "path.signature",
    ]);
    const curve = named("ecdsa-with-SHA256", encodeOid("1.2.840.10045.3.1.7"));
    expect(judged(ec, honest, { inner: curve })).toEqual(["path.signature"]);
  });

  it("is refused where the two algorithms differ, if only in their parameters", () => {
    for (const outer of [named("ecdsa-with-SHA384"), named("ecdsa-with-SHA256", encodeNull()), SHA256_RSA])
      expect(judged(ec, honest, { outer })).toContain("path.algorithm-mismatch");
    expect(judged(ec, honest, { inner: SHA256_RSA, outer: ECDSA_SHA256 })).toContain(
      "path.algorithm-mismatch",
    );
  });
});

describe("a device's certificate under an RSA root", () => {
  let rsa: Issuer;
  beforeAll(() => {
    rsa = issuer(testKey("rsa", { modulusLength: 2048 }), SHA256_RSA);
  });
  const digest = (tbs: Uint8Array) => createHash("sha256").update(tbs).digest();
  const SHA256_ID = encodeSequence(encodeOid("2.16.840.1.101.3.4.2.1"), encodeNull());
  const info = (tbs: Uint8Array) => encodeSequence(SHA256_ID, encodeOctetString(digest(tbs)));
  const padded = (tail: Uint8Array, octet = 0xff, type = 1) =>
    Buffer.concat([Uint8Array.of(0, type), Buffer.alloc(256 - tail.length - 3, octet), ZERO, tail]);
  const raw = (encoded: Uint8Array) =>
    privateEncrypt({ key: rsa.key.privateKey, padding: constants.RSA_NO_PADDING }, encoded);
  const honest = (tbs: Uint8Array) => sign("sha256", tbs, rsa.key.privateKey);

  it("is taken where the signature is sound", () => {
    expect(judged(rsa, honest)).toEqual([]);
    expect(judged(rsa, (tbs) => raw(padded(info(tbs))))).toEqual([]);
  });

  it.each<[string, (tbs: Uint8Array) => Uint8Array]>([
    ["padding of zeros", (tbs) => raw(padded(info(tbs), 0))],
    ["padding of block type 2", (tbs) => raw(padded(info(tbs), 0xff, 2))],
    [
      "eight octets of padding and something after",
      (tbs) =>
        raw(
          Buffer.concat([
            Uint8Array.of(0, 1),
            Buffer.alloc(8, 0xff),
            ZERO,
            info(tbs),
            Buffer.alloc(256 - 11 - 51, 0xff),
          ]),
        ),
    ],
    [
      "a DigestInfo without NULL",
      (tbs) =>
        raw(
          padded(
            encodeSequence(
              encodeSequence(encodeOid("2.16.840.1.101.3.4.2.1")),
              encodeOctetString(digest(tbs)),
            ),
          ),
        ),
    ],
    [
      "a DigestInfo of another hash's name",
      (tbs) =>
        raw(
          padded(
            encodeSequence(
              encodeSequence(encodeOid("2.16.840.1.101.3.4.2.2"), encodeNull()),
              encodeOctetString(digest(tbs)),
            ),
          ),
        ),
    ],
    [
      "something inside the DigestInfo",
      (tbs) => raw(padded(encodeSequence(SHA256_ID, encodeOctetString(digest(tbs)), encodeNull()))),
    ],
    [
      "something inside the hash's identifier",
      (tbs) =>
        raw(
          padded(
            encodeSequence(
              encodeSequence(encodeOid("2.16.840.1.101.3.4.2.1"), encodeNull(), encodeNull()),
              encodeOctetString(digest(tbs)),
            ),
          ),
        ),
    ],
    ["the hash alone", (tbs) => raw(padded(digest(tbs)))],
    ["an octet before it", (tbs) => Buffer.concat([ZERO, honest(tbs)])],
    ["an octet after it", (tbs) => Buffer.concat([honest(tbs), ZERO])],
    [
      "the modulus added",
      (tbs) => octetsOf(number(honest(tbs)) + number(rsa.key.publicKey.modulus as Uint8Array), 257),
    ],
  ])("is refused with %s", (_, spoil) => expect(judged(rsa, spoil)).toEqual(["path.signature"]));

  it("is refused where the parameters are missing that must be there", () => {
    expect(judged(rsa, honest, { inner: named("sha256WithRSAEncryption") })).toEqual(["path.signature"]);
    const strange = named("sha256WithRSAEncryption", encodeOctetString(ZERO));
    expect(judged(rsa, honest, { inner: strange })).toEqual(["path.signature"]);
  });

  it("is refused under a key of exponent 1, whose every encoded message is its own signature", () => {
    const pkcs1 = encodeSequence(
      encodeUnsigned(rsa.key.publicKey.modulus as Uint8Array),
      encodeUnsigned(Uint8Array.of(1)),
    );
    const der = encodeSequence(
      encodeSequence(encodeOid("1.2.840.113549.1.1.1"), encodeNull()),
      encode(3, ZERO, pkcs1),
    );
    const publicKey: PublicKey = decodePublicKey(der);
    const anchor = mint({ subject: "Root", key: { ...rsa.key, publicKey }, by: rsa.key, ca: true });
    const findings = judged(rsa, (tbs) => padded(info(tbs)), { anchor });
    expect(findings).toContain("path.weak-key");
    expect(findings).toContain("path.signature");
  });

  it("is refused with a cube root that fits the front of an encoded message, under exponent 3", () => {
    const key = testKey("rsa", { modulusLength: 3072, publicExponent: 3 });
    const cubic = issuer(key, SHA256_RSA);
    expect(judged(cubic, (tbs) => sign("sha256", tbs, key.privateKey))).toEqual([]);
    const forge = (tbs: Uint8Array) => {
      const front = Buffer.concat([Uint8Array.of(0, 1), Buffer.alloc(8, 0xff), ZERO, info(tbs)]);
      const root = cubeRoot(number(Buffer.concat([front, Buffer.alloc(384 - front.length, 0xff)])));
      expect(
        octetsOf(root ** 3n, 384)
          .subarray(0, front.length)
          .equals(front),
      ).toBe(true);
      return octetsOf(root, 384);
    };
    expect(judged(cubic, forge)).toEqual(["path.signature"]);
  });
});

describe("a device's certificate under an Ed25519 root", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const spki = decodePublicKey(publicKey.export({ type: "spki", format: "der" }));
  const key: TestKey = { publicKey: spki, privateKey };
  const algorithm = algorithmIdentifier("1.3.101.112");
  const ed: Issuer = {
    root: mint({ subject: "Root", key, ca: true }),
    key,
    algorithm,
  };
  const honest = (tbs: Uint8Array) => sign(null, tbs, privateKey);
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;

  it("is taken where the signature is sound", () => expect(judged(ed, honest)).toEqual([]));

  it("is refused with S over the order, the same modulo the order", () => {
    const spoil = (tbs: Uint8Array) => {
      const signature = Buffer.from(honest(tbs));
      const s = number(Buffer.from(signature.subarray(32)).reverse()) + L;
      return Buffer.concat([signature.subarray(0, 32), octetsOf(s, 32).reverse()]);
    };
    expect(judged(ed, spoil)).toEqual(["path.signature"]);
  });

  it.each<[string, (signature: Buffer) => Uint8Array]>([
    ["an octet too few", (signature) => signature.subarray(0, 63)],
    ["an octet too many", (signature) => Buffer.concat([signature, ZERO])],
    [
      "R that is no point's canonical form",
      (signature) => Buffer.concat([Buffer.from(`ee${"ff".repeat(30)}7f`, "hex"), signature.subarray(32)]),
    ],
    ["nothing", () => new Uint8Array()],
  ])("is refused with %s", (_, spoil) =>
    expect(judged(ed, (tbs) => spoil(honest(tbs)))).toEqual(["path.signature"]),
  );

  it("is refused where parameters stand that are forbidden", () => {
    const outer = algorithmIdentifier("1.3.101.112", encodeNull());
    expect(judged(ed, honest, { outer })).toEqual(["path.algorithm-mismatch", "path.signature"]);
  });
});

function cubeRoot(value: bigint): bigint {
  let low = 0n;
  let high = 1n << 1100n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** 3n <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}
