import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { inspectOcspResponse } from "../../../src/actions/inspect-ocsp.ts";
import { SamicertsError } from "../../../src/base/errors.ts";
import { type AlgorithmIdentifier, signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import { memorySource } from "../../../src/x509/byte-source.ts";
import { readDetachedSignature } from "../../../src/x509/cms-signature.ts";
import { createCrlChecker } from "../../../src/x509/crl-checker.ts";
import { indexCrl } from "../../../src/x509/crl-index.ts";
import {
  encode,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeSmallInteger,
} from "../../../src/x509/der-writer.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { decodeOcspResponse } from "../../../src/x509/ocsp-answer.ts";
import { assembleOcspResponse, encodeResponseData } from "../../../src/x509/ocsp-response.ts";
import { readRequest } from "../../../src/x509/read-request.ts";
import { assembleRequest, encodeRequestInfo } from "../../../src/x509/request.ts";
import { createVerifier } from "../../../src/x509/signature.ts";
import { mintCrl } from "./crl-scene.ts";
import { DAY, keyIdentifier, mint, NOW, type TestKey, testKey } from "./mint.ts";
import { certId } from "./ocsp-scene.ts";
import { EC_FLAWS, ED_FLAWS, type Flaw, honest, type MakeSignature, RSA_FLAWS } from "./signature-flaws.ts";
import { named } from "./signing-scene.ts";

/** What says, of something that `key` has signed with `make` by `algorithm`, why it does not hold; empty where it does. */
type Judge = (key: TestKey, make: MakeSignature, algorithm: AlgorithmIdentifier) => string;

const random = { bytes: (count: number) => Buffer.alloc(count, 0x33) };
const DEVICE = testKey();

/** `verify --crl` of a device whose issuer's CRL it is. */
const crl: Judge = (key, make, algorithm) => {
  const root = mint({ subject: "Root", key, ca: true });
  const device = mint({ subject: "Device", issuer: "Root", key: DEVICE, by: key });
  const source = memorySource(mintCrl({ by: key, algorithm, sign: make }));
  const checker = createCrlChecker([{ name: "a", source, ...indexCrl(source, "a", random) }], NOW);
  return checker([device, root])
    .map(({ rule }) => rule)
    .join(" ");
};

/** The proof of possession of a request. */
const request: Judge = (key, make, algorithm) => {
  const subject = parseName("/O=MyOrg/CN=Lamp");
  const info = encodeRequestInfo({ subject, publicKey: key.publicKey.der, extensions: [] });
  try {
    readRequest(assembleRequest(info, algorithm, make(info, key)), "it");
    return "";
  } catch (error) {
    if (error instanceof SamicertsError) return error.code;
    throw error;
  }
};

/** The signature beside a manifest. */
const manifest: Judge = (key, make, algorithm) => {
  const hash = key.publicKey.kind === "ed25519" ? "sha512" : "sha256";
  const hashOid = encodeOid(`2.16.840.1.101.3.4.2.${hash === "sha512" ? 3 : 1}`);
  const data = encodeOid("1.2.840.113549.1.7.1");
  const digest = createHash(hash).update("the list").digest();
  const attribute = (oid: string, value: Uint8Array) => encodeSequence(encodeOid(oid), encodeSetOf([value]));
  const attributes = encodeSetOf([
    attribute("1.2.840.113549.1.9.3", data),
    attribute("1.2.840.113549.1.9.4", encodeOctetString(digest)),
  ]);
  const signer = encodeSequence(
    encodeSmallInteger(1),
    encodeSequence(),
    encodeSequence(hashOid),
    Buffer.concat([Uint8Array.of(0xa0), attributes.subarray(1)]),
    algorithm.der,
    encodeOctetString(make(attributes, key)),
  );
  const signedData = encodeSequence(
    encodeSmallInteger(1),
    encodeSetOf([encodeSequence(hashOid)]),
    encodeSequence(data),
    encodeSetOf([signer]),
  );
  const der = encodeSequence(encodeOid("1.2.840.113549.1.7.2"), encode(0xa0, signedData));
  const read = readDetachedSignature(der, "it");
  const verdict = createVerifier(key.publicKey).verify(read.signedAttributes, read.algorithm, read.signature);
  return verdict.ok ? "" : "does not hold";
};

/** A responder's answer, as `inspect` judges it by the certificate that it brings. */
const answer: Judge = (key, make, algorithm) => {
  const responder = mint({ subject: "Root", key, ca: true });
  const data = encodeResponseData({
    responderKeyHash: keyIdentifier(key),
    producedAtMs: NOW,
    answers: [
      { id: certId(responder, 7), status: { status: "good" }, thisUpdateMs: NOW, nextUpdateMs: NOW + DAY },
    ],
  });
  const der = assembleOcspResponse(data, algorithm, make(data, key), responder.der);
  const { signature } = inspectOcspResponse("it", der, decodeOcspResponse(der, "it"), NOW);
  return signature?.holds === true ? "" : `holds: ${signature?.holds}`;
};

const RSA = testKey("rsa", { modulusLength: 2048 });
const KEYS: readonly (readonly [string, TestKey, readonly Flaw[]])[] = [
  ["P-256", testKey(), EC_FLAWS],
  ["RSA", RSA, RSA_FLAWS],
  ["Ed25519", testKey("ed25519", {}), ED_FLAWS],
];

describe.each<[string, Judge, string]>([
  ["a CRL", crl, "revocation.crl-signature"],
  ["a request", request, "request.proof"],
  ["a manifest's signature", manifest, "does not hold"],
  ["an OCSP response", answer, "holds: false"],
])("%s", (_, judge, refusal) => {
  describe.each(KEYS)("of a key on %s", (_name, key, flaws) => {
    const algorithm = signatureAlgorithmFor(key.publicKey);

    it("is taken where its signature is sound", () => expect(judge(key, honest, algorithm)).toBe(""));

    it.each(flaws)("is refused with %s", (_what, make) => {
      expect(judge(key, make, algorithm)).toBe(refusal);
    });
  });

  it("is refused where parameters stand that are forbidden, or are missing that must be there", () => {
    const [ec, rsa] = [KEYS[0]?.[1] as TestKey, RSA];
    expect(judge(ec, honest, named("ecdsa-with-SHA256", encodeNull()))).toBe(refusal);
    expect(judge(rsa, honest, named("sha256WithRSAEncryption"))).toBe(refusal);
    expect(judge(rsa, honest, named("sha256WithRSAEncryption", encodeOctetString()))).toBe(refusal);
  });

  it("is refused where its algorithm is not the key's", () => {
    expect(judge(RSA, honest, named("ecdsa-with-SHA256"))).toBe(refusal);
    // What names another hash is refused before its signature is looked at where the two are written apart.
    const other = named("sha512WithRSAEncryption", encodeNull());
    if (judge === manifest) expect(() => judge(RSA, honest, other)).toThrow(/different kinds/);
    else expect(judge(RSA, honest, other)).toBe(refusal);
  });
});
