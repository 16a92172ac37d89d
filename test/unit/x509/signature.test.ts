import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
  sign,
} from "node:crypto";
import { describe, expect, it } from "vitest";
import { algorithmIdentifier, CURVES, SIGNATURE_ALGORITHMS } from "../../../src/x509/algorithms.ts";
import {
  encode,
  encodeNull,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from "../../../src/x509/der-writer.ts";
import { curveOrder } from "../../../src/x509/ecdsa-signature.ts";
import { decodePublicKey } from "../../../src/x509/public-key.ts";
import { algorithmLabel, createVerifier, keyProblem, verifySignature } from "../../../src/x509/signature.ts";

const DATA = Buffer.from("what is signed");
const REASON = /./;

const spki = (key: KeyObject) => decodePublicKey(key.export({ type: "spki", format: "der" }));
const named = (name: string, parameters?: Uint8Array) => {
  const known = [...SIGNATURE_ALGORITHMS.values()].find((algorithm) => algorithm.name === name);
  if (known === undefined) throw new Error(name);
  return algorithmIdentifier(known.oid, parameters);
};
const reason = (verdict: ReturnType<typeof verifySignature>): string =>
  verdict.ok ? "it holds" : verdict.reason;
const flipped = (octets: Uint8Array, at = octets.length - 1): Uint8Array => {
  const copy = Uint8Array.from(octets);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
};

const EC = generateKeyPairSync("ec", { namedCurve: "P-256" });
const EC_KEY = spki(EC.publicKey);
const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });
const RSA_KEY = spki(RSA.publicKey);
const ED = generateKeyPairSync("ed25519");
const ED_KEY = spki(ED.publicKey);
const SHA256_RSA = named("sha256WithRSAEncryption", encodeNull());
const ECDSA_SHA256 = named("ecdsa-with-SHA256");

describe("what holds", () => {
  it.each(["sha1", "sha224", "sha256", "sha384", "sha512"])("RSA PKCS#1 v1.5 with %s", (hash) => {
    const signature = sign(hash, DATA, RSA.privateKey);
    const algorithm = named(`${hash}WithRSAEncryption`, encodeNull());
    expect(verifySignature(DATA, algorithm, signature, RSA_KEY)).toEqual({ ok: true });
    expect(reason(verifySignature(flipped(DATA), algorithm, signature, RSA_KEY))).toMatch(/does not fit/);
  });

  it.each(CURVES.map((curve) => [curve.name, curve.opensslName] as const))("ECDSA on %s", (name, openssl) => {
    const pair = generateKeyPairSync("ec", { namedCurve: openssl });
    const key = spki(pair.publicKey);
    expect(key.curve).toBe(name);
    for (const hash of ["SHA1", "SHA224", "SHA256", "SHA384", "SHA512"]) {
      const signature = sign(hash.toLowerCase(), DATA, pair.privateKey);
      const algorithm = named(`ecdsa-with-${hash}`);
      expect(verifySignature(DATA, algorithm, signature, key)).toEqual({ ok: true });
      expect(verifySignature(flipped(DATA), algorithm, signature, key).ok).toBe(false);
    }
  });

  it("Ed25519", () => {
    const signature = sign(undefined, DATA, ED.privateKey);
    expect(verifySignature(DATA, named("Ed25519"), signature, ED_KEY)).toEqual({ ok: true });
    expect(verifySignature(flipped(DATA), named("Ed25519"), signature, ED_KEY).ok).toBe(false);
  });

  it("many signatures with one verifier, good and bad in turn", () => {
    const verifier = createVerifier(EC_KEY);
    for (let i = 0; i < 20; i++) {
      const data = Buffer.from(`number ${i}`);
      const signature = sign("sha256", data, EC.privateKey);
      expect(verifier.verify(data, ECDSA_SHA256, signature).ok).toBe(true);
      expect(verifier.verify(DATA, ECDSA_SHA256, signature).ok).toBe(false);
    }
  });
});

describe("algorithms and their parameters", () => {
  it("refuses an unknown algorithm by name or number", () => {
    const md5 = algorithmIdentifier("1.2.840.113549.1.1.4", encodeNull());
    expect(reason(verifySignature(DATA, md5, Buffer.alloc(256), RSA_KEY))).toBe(
      "md5WithRSAEncryption is not supported",
    );
    const odd = algorithmIdentifier("1.2.3.4");
    expect(reason(verifySignature(DATA, odd, Buffer.alloc(256), RSA_KEY))).toBe(
      "the algorithm 1.2.3.4 is not supported",
    );
    expect(algorithmLabel("1.2.840.10040.4.3")).toBe("dsa-with-SHA1");
  });

  it("wants NULL with RSA, and nothing else", () => {
    const signature = sign("sha256", DATA, RSA.privateKey);
    for (const parameters of [undefined, encodeOid("1.2.3"), Uint8Array.of(5, 1, 0), Uint8Array.of(4, 0)]) {
      const algorithm = named("sha256WithRSAEncryption", parameters);
      expect(reason(verifySignature(DATA, algorithm, signature, RSA_KEY))).toMatch(/takes NULL/);
    }
  });

  it("wants no parameters with ECDSA and Ed25519", () => {
    const ec = sign("sha256", DATA, EC.privateKey);
    const ed = sign(undefined, DATA, ED.privateKey);
    expect(reason(verifySignature(DATA, named("ecdsa-with-SHA256", encodeNull()), ec, EC_KEY))).toMatch(
      /takes no parameters/,
    );
    expect(reason(verifySignature(DATA, named("Ed25519", encodeNull()), ed, ED_KEY))).toMatch(
      /takes no parameters/,
    );
  });

  it("wants a key of the algorithm's kind", () => {
    const signature = sign("sha256", DATA, EC.privateKey);
    expect(reason(verifySignature(DATA, ECDSA_SHA256, signature, RSA_KEY))).toBe(
      "ecdsa-with-SHA256 does not fit the issuer's key, rsa:2048",
    );
    expect(reason(verifySignature(DATA, SHA256_RSA, signature, EC_KEY))).toMatch(/does not fit .* ec:P-256/);
    expect(reason(verifySignature(DATA, named("Ed25519"), signature, EC_KEY))).toMatch(/does not fit/);
    const pss = spki(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey);
    expect(reason(verifySignature(DATA, SHA256_RSA, signature, pss))).toMatch(/does not fit .* RSASSA-PSS/);
    expect(keyProblem(pss)?.kind).toBe("unsupported");
  });
});

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

describe("ECDSA values", () => {
  const [r, s] = (() => {
    const raw = sign("sha256", DATA, { key: EC.privateKey, dsaEncoding: "ieee-p1363" });
    return [raw.subarray(0, 32), raw.subarray(32)];
  })();
  const n = curveOrder("P-256") as Uint8Array;
  const value = (a: Uint8Array, b: Uint8Array) => encodeSequence(encodeUnsigned(a), encodeUnsigned(b));
  const overN = (octets: Uint8Array) =>
    Buffer.from(
      (BigInt(`0x${Buffer.from(octets).toString("hex")}`) + BigInt(`0x${Buffer.from(n).toString("hex")}`))
        .toString(16)
        .padStart(66, "0"),
      "hex",
    );
  const ZERO = Uint8Array.of(0);

  it("starts from a signature that holds", () => {
    expect(verifySignature(DATA, ECDSA_SHA256, value(r, s), EC_KEY)).toEqual({ ok: true });
  });

  it.each([
    ["r of 0", value(ZERO, s), /r .* zero/],
    ["s of 0", value(r, ZERO), /s .* zero/],
    ["r of n", value(n, s), /r .* not below the order/],
    ["s of n", value(r, n), /s .* not below the order/],
    ["r over n", value(overN(r), s), /r .* not below the order/],
    ["s over n", value(r, overN(s)), /s .* not below the order/],
    ["a negative r", encodeSequence(encode(2, Uint8Array.of(0x80)), encodeUnsigned(s)), /r .* negative/],
    ["a negative s", encodeSequence(encodeUnsigned(r), encode(2, Uint8Array.of(0xff))), /s .* negative/],
    ["r not minimal", encodeSequence(encode(2, ZERO, ZERO, r), encodeUnsigned(s)), /shortest form/],
    ["an empty r", encodeSequence(encode(2), encodeUnsigned(s)), /at least one octet/],
    ["a third value", encodeSequence(encodeUnsigned(r), encodeUnsigned(s), encodeUnsigned(s)), /follow/],
    ["octets after it", Buffer.concat([value(r, s), ZERO]), /follow/],
    ["r alone", encodeSequence(encodeUnsigned(r)), /missing/],
    ["r and s without DER", Buffer.concat([r, s]), REASON],
    ["nothing", Buffer.alloc(0), /missing/],
    [
      "a long-form length",
      Buffer.concat([Uint8Array.of(0x30, 0x81), value(r, s).subarray(1)]),
      /shortest form/,
    ],
  ])("refuses %s", (_, signature, why) => {
    expect(reason(verifySignature(DATA, ECDSA_SHA256, signature, EC_KEY))).toMatch(why);
  });

  it("refuses a key whose point is not on its curve", () => {
    const off = decodePublicKey(flipped(EC_KEY.der));
    expect(reason(verifySignature(DATA, ECDSA_SHA256, value(r, s), off))).toMatch(/not usable/);
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

describe("Ed25519 values", () => {
  const ED25519 = named("Ed25519");
  const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  const P = 2n ** 255n - 19n;
  const little = (value: bigint) => Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();
  const big = (octets: Uint8Array) => BigInt(`0x${Buffer.from(octets).reverse().toString("hex")}`);
  const keyOf = (point: Uint8Array) =>
    decodePublicKey(
      encodeSequence(encodeSequence(encodeOid("1.3.101.112")), encode(3, Uint8Array.of(0), point)),
    );
  const signature = sign(undefined, DATA, ED.privateKey);

  it("refuses S over the order, though it would fit the equation", () => {
    const s = big(signature.subarray(32)) + ORDER;
    const malleated = Buffer.concat([signature.subarray(0, 32), little(s)]);
    expect(reason(verifySignature(DATA, ED25519, malleated, ED_KEY))).toMatch(/not below the order/);
    const atOrder = Buffer.concat([signature.subarray(0, 32), little(ORDER)]);
    expect(reason(verifySignature(DATA, ED25519, atOrder, ED_KEY))).toMatch(/not below the order/);
  });

  it.each([63, 65, 0])("refuses %d octets", (length) => {
    const wrong = Buffer.concat([signature, Buffer.alloc(1)]).subarray(0, length);
    expect(reason(verifySignature(DATA, ED25519, wrong, ED_KEY))).toMatch(/has 64 octets/);
  });

  it.each([
    ["0", 0n],
    ["1", 1n],
    ["-1", P - 1n],
  ])("refuses the small-order key with y = %s, either sign", (_, y) => {
    for (const sign of [0n, 1n << 255n])
      expect(keyProblem(keyOf(little(y | sign)))?.message).toMatch(/small order/);
  });

  it("refuses the keys of order 8, which are on the curve", () => {
    for (const hex of [
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ]) {
      const key = keyOf(Buffer.from(hex, "hex"));
      expect(
        createPublicKey({ key: Buffer.from(key.der), format: "der", type: "spki" }).asymmetricKeyType,
      ).toBe("ed25519");
      expect(keyProblem(key)?.message).toMatch(/small order/);
    }
  });

  it("refuses y of p and above", () => {
    for (let extra = 0n; extra < 19n; extra++)
      expect(keyProblem(keyOf(little(P + extra)))?.message).toMatch(/not canonical/);
    expect(keyProblem(keyOf(little(P - 2n)))).toBeUndefined();
  });

  it("refuses a forgery under the identity, which OpenSSL takes", () => {
    // R = [S]B with the identity as the key fits every message; S = 0 makes R the identity too.
    const forged = Buffer.concat([little(1n), Buffer.alloc(32)]);
    expect(reason(verifySignature(DATA, ED25519, forged, keyOf(little(1n))))).toMatch(/small order/);
  });
});
