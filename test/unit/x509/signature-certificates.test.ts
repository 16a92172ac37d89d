import { generateKeyPairSync } from "node:crypto";
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
import { decodePublicKey, type PublicKey } from "../../../src/x509/public-key.ts";
import { mint, NOW, type TestKey, testKey } from "./mint.ts";
import {
  digestInfo,
  EC_FLAWS,
  ED_FLAWS,
  honest,
  number,
  octetsOf,
  padded,
  RSA_FLAWS,
  raw,
} from "./signature-flaws.ts";
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

describe("a device's certificate under an EC root", () => {
  const ec = issuer(testKey(), ECDSA_SHA256);
  const sign = (tbs: Uint8Array) => honest(tbs, ec.key);

  it("is taken where the signature is sound", () => expect(judged(ec, sign)).toEqual([]));

  it.each(EC_FLAWS)("is refused with %s", (_, make) => {
    expect(judged(ec, (tbs) => make(tbs, ec.key))).toEqual(["path.signature"]);
  });

  it("is refused where parameters stand that are forbidden", () => {
    expect(judged(ec, sign, { inner: named("ecdsa-with-SHA256", encodeNull()) })).toEqual(["path.signature"]);
    const curve = named("ecdsa-with-SHA256", encodeOid("1.2.840.10045.3.1.7"));
    expect(judged(ec, sign, { inner: curve })).toEqual(["path.signature"]);
  });

  it("is refused where the two algorithms differ, if only in their parameters", () => {
    for (const outer of [named("ecdsa-with-SHA384"), named("ecdsa-with-SHA256", encodeNull()), SHA256_RSA])
      expect(judged(ec, sign, { outer })).toContain("path.algorithm-mismatch");
    expect(judged(ec, sign, { inner: SHA256_RSA, outer: ECDSA_SHA256 })).toContain("path.algorithm-mismatch");
  });
});

describe("a device's certificate under an RSA root", () => {
  let rsa: Issuer;
  beforeAll(() => {
    rsa = issuer(testKey("rsa", { modulusLength: 2048 }), SHA256_RSA);
  });
  const sign = (tbs: Uint8Array) => honest(tbs, rsa.key);

  it("is taken where the signature is sound", () => {
    expect(judged(rsa, sign)).toEqual([]);
    expect(judged(rsa, (tbs) => raw((data) => padded(digestInfo(data)))(tbs, rsa.key))).toEqual([]);
  });

  it.each(RSA_FLAWS)("is refused with %s", (_, make) => {
    expect(judged(rsa, (tbs) => make(tbs, rsa.key))).toEqual(["path.signature"]);
  });

  it("is refused where the parameters are missing that must be there", () => {
    expect(judged(rsa, sign, { inner: named("sha256WithRSAEncryption") })).toEqual(["path.signature"]);
    const strange = named("sha256WithRSAEncryption", encodeOctetString(ZERO));
    expect(judged(rsa, sign, { inner: strange })).toEqual(["path.signature"]);
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
    const findings = judged(rsa, (tbs) => padded(digestInfo(tbs)), { anchor });
    expect(findings).toContain("path.weak-key");
    expect(findings).toContain("path.signature");
  });

  it("is refused with a cube root that fits the front of an encoded message, under exponent 3", () => {
    const key = testKey("rsa", { modulusLength: 3072, publicExponent: 3 });
    const cubic = issuer(key, SHA256_RSA);
    expect(judged(cubic, (tbs) => honest(tbs, key))).toEqual([]);
    const forge = (tbs: Uint8Array) => {
      const front = Buffer.concat([Uint8Array.of(0, 1), Buffer.alloc(8, 0xff), ZERO, digestInfo(tbs)]);
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
  const sign = (tbs: Uint8Array) => honest(tbs, key);

  it("is taken where the signature is sound", () => expect(judged(ed, sign)).toEqual([]));

  it.each(ED_FLAWS)("is refused with %s", (_, make) => {
    expect(judged(ed, (tbs) => make(tbs, key))).toEqual(["path.signature"]);
  });

  it("is refused where parameters stand that are forbidden", () => {
    const outer = algorithmIdentifier("1.3.101.112", encodeNull());
    expect(judged(ed, sign, { outer })).toEqual(["path.algorithm-mismatch", "path.signature"]);
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
