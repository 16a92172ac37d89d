import { constants, createHash, generateKeyPairSync, privateEncrypt, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  encode,
  encodeNull,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from "../../../src/x509/der-writer.ts";
import { decodePublicKey } from "../../../src/x509/public-key.ts";
import { keyProblem, verifySignature } from "../../../src/x509/signature.ts";
import { DATA, flipped, named, RSA, RSA_KEY, reason, SHA256_RSA, spki } from "./signing-scene.ts";

describe("RSASSA-PSS", () => {
  const OIDS = { sha1: "1.3.14.3.2.26", sha256: "2.16.840.1.101.3.4.2.1", sha384: "2.16.840.1.101.3.4.2.2" };
  const MGF1 = "1.2.840.113549.1.1.8";
  const hashId = (hash: keyof typeof OIDS, withNull = true) =>
    encodeSequence(encodeOid(OIDS[hash]), ...(withNull ? [encodeNull()] : []));
  const mgf = (hash: keyof typeof OIDS) => encodeSequence(encodeOid(MGF1), hashId(hash));
  const number = (value: number) => encodeUnsigned(Uint8Array.of(value));
  const pss = (...parts: Uint8Array[]) => named("RSASSA-PSS", encodeSequence(...parts));
  const signature = sign("sha256", DATA, {
    key: RSA.privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: 32,
  });
  const HASH = encode(0xa0, hashId("sha256"));
  const MASK = encode(0xa1, mgf("sha256"));
  const SALT = encode(0xa2, number(32));

  it("takes one hash throughout and a salt as long, the hash's NULL there or not, the trailer there or not", () => {
    for (const algorithm of [
      pss(HASH, MASK, SALT),
      pss(encode(0xa0, hashId("sha256", false)), MASK, SALT),
      pss(HASH, MASK, SALT, encode(0xa3, number(1))),
    ])
      expect(verifySignature(DATA, algorithm, signature, RSA_KEY)).toEqual({ ok: true });
    expect(verifySignature(flipped(DATA), pss(HASH, MASK, SALT), signature, RSA_KEY).ok).toBe(false);
  });

  it.each([
    ["no parameters", named("RSASSA-PSS"), /missing/],
    ["NULL", named("RSASSA-PSS", encodeNull()), /expected SEQUENCE/],
    ["the defaults, SHA-1", pss(), /not with SHA-1/],
    ["SHA-1 by name", pss(encode(0xa0, hashId("sha1")), encode(0xa1, mgf("sha1"))), /not with 1\.3\.14/],
    ["another mask hash", pss(HASH, encode(0xa1, mgf("sha384")), SALT), /same hash/],
    ["the default mask", pss(HASH, SALT), /same hash/],
    ["a mask that is not MGF1", pss(HASH, encode(0xa1, hashId("sha256")), SALT), /same hash/],
    ["the default salt", pss(HASH, MASK), /salt has 20/],
    ["a short salt", pss(HASH, MASK, encode(0xa2, number(31))), /salt has 31/],
    ["another trailer", pss(HASH, MASK, SALT, encode(0xa3, number(2))), /trailer is 2/],
    ["something after", pss(HASH, MASK, SALT, encode(0xa3, number(1)), encodeNull()), /follow/],
    ["the wrong order", pss(MASK, HASH, SALT), /follow|same hash|SHA-1/],
    [
      "a hash with odd parameters",
      pss(encode(0xa0, encodeSequence(encodeOid(OIDS.sha256), number(1))), MASK, SALT),
      /NULL/,
    ],
  ])("refuses %s", (_, algorithm, why) => {
    expect(reason(verifySignature(DATA, algorithm, signature, RSA_KEY))).toMatch(why);
  });

  it("refuses a salt of another length in the signature itself", () => {
    const short = sign("sha256", DATA, {
      key: RSA.privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 20,
    });
    expect(verifySignature(DATA, pss(HASH, MASK, SALT), short, RSA_KEY).ok).toBe(false);
  });
});

describe("RSA values", () => {
  const octets = 256;
  const digest = createHash("sha256").update(DATA).digest();
  const SHA256_ID = encodeSequence(encodeOid("2.16.840.1.101.3.4.2.1"), encodeNull());
  const info = (id: Uint8Array = SHA256_ID, hash: Uint8Array = digest) => encodeSequence(id, encode(4, hash));
  const padded = (tail: Uint8Array, length = octets) =>
    Buffer.concat([Uint8Array.of(0, 1), Buffer.alloc(length - tail.length - 3, 0xff), ZERO, tail]);
  const ZERO = Uint8Array.of(0);
  const raw = (encoded: Uint8Array) =>
    privateEncrypt({ key: RSA.privateKey, padding: constants.RSA_NO_PADDING }, encoded);
  const good = padded(info());
  const withOctet = (at: number, octet: number) => {
    const copy = Uint8Array.from(good);
    copy[at] = octet;
    return copy;
  };

  it("starts from an encoded message that holds", () => {
    expect(verifySignature(DATA, SHA256_RSA, raw(good), RSA_KEY)).toEqual({ ok: true });
  });

  it.each([
    ["block type 2", withOctet(1, 2)],
    ["block type 0", withOctet(1, 0)],
    ["padding with one octet that is not FF", withOctet(100, 0xfe)],
    ["an early end of the padding", withOctet(100, 0)],
    ["no octet between padding and DigestInfo", withOctet(octets - info().length - 1, 0xff)],
    [
      "octets after the DigestInfo",
      Buffer.concat([
        Uint8Array.of(0, 1),
        Buffer.alloc(8, 0xff),
        ZERO,
        info(),
        Buffer.alloc(octets - 11 - info().length, 0xaa),
      ]),
    ],
    ["octets inside the DigestInfo", padded(encodeSequence(SHA256_ID, encode(4, digest), encodeNull()))],
    [
      "octets in the hash's parameters",
      padded(info(encodeSequence(encodeOid("2.16.840.1.101.3.4.2.1"), encode(5, Buffer.alloc(20))))),
    ],
    ["a DigestInfo without NULL", padded(info(encodeSequence(encodeOid("2.16.840.1.101.3.4.2.1"))))],
    ["another hash's name", padded(info(encodeSequence(encodeOid("2.16.840.1.101.3.4.2.2"), encodeNull())))],
    ["no DigestInfo, the hash alone", padded(digest)],
    ["a length in long form", padded(Buffer.concat([Uint8Array.of(0x30, 0x81), info().subarray(1)]))],
  ])("refuses %s", (_, encoded) => {
    expect(encoded.length).toBe(octets);
    expect(reason(verifySignature(DATA, SHA256_RSA, raw(encoded), RSA_KEY))).toMatch(/does not fit/);
  });

  it("refuses a signature of another length, or not below the modulus", () => {
    const signature = raw(good);
    for (const wrong of [Buffer.concat([ZERO, signature]), signature.subarray(1), Buffer.alloc(0)])
      expect(reason(verifySignature(DATA, SHA256_RSA, wrong, RSA_KEY))).toMatch(/has 256 octets/);
    for (const wrong of [RSA_KEY.modulus as Uint8Array, Buffer.alloc(256, 0xff)])
      expect(reason(verifySignature(DATA, SHA256_RSA, wrong, RSA_KEY))).toMatch(/not below the modulus/);
  });

  it.each([
    ["1", Uint8Array.of(1), /exponent is 1/],
    ["2", Uint8Array.of(2), /even/],
    ["0", Uint8Array.of(0), /even/],
  ])("refuses an exponent of %s", (_, exponent, why) => {
    const key = rsaKey(RSA_KEY.modulus as Uint8Array, exponent);
    expect(reason(verifySignature(DATA, SHA256_RSA, good, key))).toMatch(why);
    expect(keyProblem(key)?.kind).toBe("unsafe");
  });

  it("refuses an even modulus, and an exponent not below the modulus", () => {
    const modulus = Uint8Array.from(RSA_KEY.modulus as Uint8Array);
    expect(keyProblem(rsaKey(modulus, modulus))?.message).toMatch(/not below/);
    modulus[255] = (modulus[255] as number) & 0xfe;
    expect(keyProblem(rsaKey(modulus, Uint8Array.of(3)))?.message).toMatch(/even/);
  });

  it("refuses a cube root that fits only the front of an encoded message", () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 3072, publicExponent: 3 });
    const key = spki(pair.publicKey);
    const honest = sign("sha256", DATA, pair.privateKey);
    expect(verifySignature(DATA, SHA256_RSA, honest, key)).toEqual({ ok: true });
    const front = Buffer.concat([Uint8Array.of(0, 1), Buffer.alloc(8, 0xff), ZERO, info()]);
    const whole = Buffer.concat([front, Buffer.alloc(384 - front.length, 0xff)]);
    const root = cubeRoot(BigInt(`0x${whole.toString("hex")}`));
    const cubed = Buffer.from((root * root * root).toString(16).padStart(768, "0"), "hex");
    expect(cubed.subarray(0, front.length).equals(front)).toBe(true);
    const forged = Buffer.from(root.toString(16).padStart(768, "0"), "hex");
    expect(reason(verifySignature(DATA, SHA256_RSA, forged, key))).toMatch(/does not fit/);
  });

  it("refuses a key too short for its hash", () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 512 });
    const key = spki(pair.publicKey);
    const sha512 = named("sha512WithRSAEncryption", encodeNull());
    expect(verifySignature(DATA, sha512, Buffer.alloc(64, 1), key).ok).toBe(false);
  });

  it("answers, and does not throw, where OpenSSL refuses the key's size", () => {
    const key = rsaKey(Buffer.alloc(2100, 0xff), Uint8Array.of(1, 0, 1));
    expect(verifySignature(DATA, SHA256_RSA, Buffer.alloc(2100, 1), key).ok).toBe(false);
  });

  function rsaKey(modulus: Uint8Array, exponent: Uint8Array) {
    const pkcs1 = encodeSequence(encodeUnsigned(modulus), encodeUnsigned(exponent));
    return decodePublicKey(
      encodeSequence(encodeSequence(encodeOid("1.2.840.113549.1.1.1"), encodeNull()), encode(3, ZERO, pkcs1)),
    );
  }

  function cubeRoot(value: bigint): bigint {
    let low = 0n;
    let high = 1n << 1100n;
    while (low < high) {
      const middle = (low + high + 1n) >> 1n;
      if (middle * middle * middle <= value) low = middle;
      else high = middle - 1n;
    }
    return low;
  }
});
