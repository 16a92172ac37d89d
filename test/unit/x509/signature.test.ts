import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { algorithmIdentifier, CURVES } from "../../../src/x509/algorithms.ts";
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
import {
  DATA,
  EC,
  EC_KEY,
  ECDSA_SHA256,
  ED,
  ED_KEY,
  flipped,
  named,
  RSA,
  RSA_KEY,
  reason,
  SHA256_RSA,
  spki,
} from "./signing-scene.ts";

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
      "ecdsa-with-SHA256 does not fit the signer's key, rsa:2048",
    );
    expect(reason(verifySignature(DATA, SHA256_RSA, signature, EC_KEY))).toMatch(/does not fit .* ec:P-256/);
    expect(reason(verifySignature(DATA, named("Ed25519"), signature, EC_KEY))).toMatch(/does not fit/);
    const pss = spki(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey);
    expect(reason(verifySignature(DATA, SHA256_RSA, signature, pss))).toMatch(/does not fit .* RSASSA-PSS/);
    expect(keyProblem(pss)?.kind).toBe("unsupported");
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
    ["r and s without DER", Buffer.concat([r, s]), /tag|expected|length|needs/],
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
