import { describe, expect, it } from "vitest";
import { algorithmOf } from "../../../../fixtures/recipes/build.ts";
import { device, root } from "../../../../fixtures/recipes/chains.ts";
import {
  encode,
  encodeNull,
  encodeOid,
  encodeSequence,
  encodeSmallInteger,
} from "../../../../src/x509/der-writer.ts";
import { flawsOf, inShort } from "./flaws-of.ts";

const ours = root();
const PSS = "1.2.840.113549.1.1.10";
const SHA = { sha1: "1.3.14.3.2.26", sha256: "2.16.840.1.101.3.4.2.1", md5: "1.2.840.113549.2.5" };

/** RSASSA-PSS-params with a hash, or empty, which stands for SHA-1. */
function pss(hash?: string, salt = 32): Uint8Array {
  if (hash === undefined) return encodeSequence();
  const algorithm = encodeSequence(encodeOid(hash), encodeNull());
  const mask = encodeSequence(encodeOid("1.2.840.113549.1.1.8"), algorithm);
  return encodeSequence(encode(0xa0, algorithm), encode(0xa1, mask), encode(0xa2, encodeSmallInteger(salt)));
}

/** A device's certificate that names this algorithm in both places. */
function signedWith(oid: string, parameters?: Uint8Array) {
  return [device(ours, { byHand: { algorithm: algorithmOf(oid, "sha256", parameters) } }), ours];
}

describe("version", () => {
  it("lets a version 1 certificate pass where version 3 is asked for with extensions only", () => {
    const old = [device(ours, { byHand: { version1: true } }), ours];
    expect(flawsOf("version", "device", old)).toEqual([]);
    expect(inShort(flawsOf("version", "device", old, { always: true }))).toEqual(["version 3 / version 1"]);
  });
});

describe("signature-algorithm", () => {
  const allow = ["ecdsa-with-SHA256", "RSASSA-PSS-SHA256"];

  it.each([
    ["ecdsa-with-SHA256", "1.2.840.10045.4.3.2", undefined, []],
    ["RSASSA-PSS with SHA-256", PSS, pss(SHA.sha256), []],
    ["RSASSA-PSS with a short salt", PSS, pss(SHA.sha256, 20), ["RSASSA-PSS"]],
    ["RSASSA-PSS with SHA-1", PSS, pss(), ["RSASSA-PSS"]],
    ["ecdsa-with-SHA384", "1.2.840.10045.4.3.3", undefined, ["ecdsa-with-SHA384"]],
    ["an algorithm without a name", "1.3.6.1.4.1.55555.9", undefined, ["1.3.6.1.4.1.55555.9"]],
  ])("judges %s", (_, oid, parameters, actual) => {
    const flaws = flawsOf("signature-algorithm", "device", signedWith(oid, parameters), { allow });
    expect(flaws.map((flaw) => flaw.actual)).toEqual(actual);
  });
});

describe("signature-hash", () => {
  it.each([
    ["md5WithRSAEncryption", "1.2.840.113549.1.1.4", encodeNull(), "md5WithRSAEncryption"],
    ["dsa-with-sha1", "1.2.840.10040.4.3", undefined, "dsa-with-sha1"],
    ["RSASSA-PSS by default", PSS, pss(), "RSASSA-PSS with SHA-1"],
    ["RSASSA-PSS with MD5", PSS, pss(SHA.md5), "RSASSA-PSS with MD5"],
  ])("refuses %s", (_, oid, parameters, actual) => {
    const flaws = flawsOf("signature-hash", "device", signedWith(oid, parameters));
    expect(flaws.map((flaw) => flaw.actual)).toEqual([actual]);
  });

  it.each([
    ["RSASSA-PSS with SHA-256", PSS, pss(SHA.sha256)],
    ["RSASSA-PSS whose parameters can't be read", PSS, encodeNull()],
    ["Ed25519", "1.3.101.112", undefined],
    ["an algorithm it does not know", "1.3.6.1.4.1.55555.9", undefined],
  ])("has nothing to say about %s", (_, oid, parameters) => {
    expect(flawsOf("signature-hash", "device", signedWith(oid, parameters))).toEqual([]);
  });
});

describe("signature-parameters", () => {
  it.each([
    ["sha256WithRSAEncryption without NULL", "1.2.840.113549.1.1.11", undefined, ["no parameters"]],
    ["sha256WithRSAEncryption with NULL", "1.2.840.113549.1.1.11", encodeNull(), []],
    [
      "sha256WithRSAEncryption with a SEQUENCE",
      "1.2.840.113549.1.1.11",
      encodeSequence(),
      ["parameters 3000"],
    ],
    ["Ed25519 with NULL", "1.3.101.112", encodeNull(), ["parameters 0500"]],
    ["RSASSA-PSS without parameters", PSS, undefined, ["no parameters"]],
    ["RSASSA-PSS with parameters", PSS, pss(SHA.sha256), []],
    ["an algorithm it does not know", "1.3.6.1.4.1.55555.9", encodeNull(), []],
  ])("judges %s", (_, oid, parameters, actual) => {
    const flaws = flawsOf("signature-parameters", "device", signedWith(oid, parameters));
    expect(flaws.map((flaw) => flaw.actual)).toEqual(actual);
  });
});

describe("signature-algorithms-agree", () => {
  it("sees a difference in the parameters alone, and shows it", () => {
    const [flaw] = flawsOf("signature-algorithms-agree", "device", [
      device(ours, {
        byHand: { outerAlgorithm: algorithmOf("1.2.840.10045.4.3.2", "", encodeNull()).identifier },
      }),
      ours,
    ]);
    expect(flaw?.expected).toMatch(/^300a06082a8648ce3d040302,/);
    expect(flaw?.actual).toMatch(/^300c06082a8648ce3d0403020500 /);
  });
});
