import { createHash, generateKeyPairSync, webcrypto } from "node:crypto";
import "reflect-metadata";
import * as peculiar from "@peculiar/x509";
import fc from "fast-check";
import forge from "node-forge";
import { describe, expect, it } from "vitest";
import { algorithmIdentifier, signatureAlgorithmFor } from "../../src/x509/algorithms.ts";
import { assembleCertificate, decodeCertificate, encodeTbsCertificate } from "../../src/x509/certificate.ts";
import { encodeNull } from "../../src/x509/der-writer.ts";
import {
  encodeAuthorityKeyIdentifier,
  encodeBasicConstraints,
  encodeExtKeyUsage,
  encodeKeyUsage,
  encodeSubjectKeyIdentifier,
} from "../../src/x509/extension-encode.ts";
import { encodeName, type NameAttribute } from "../../src/x509/name.ts";
import { KEY_USAGES } from "../../src/x509/oids.ts";

const subtle = webcrypto.subtle;
const provider = webcrypto as unknown as Parameters<typeof peculiar.X509CertificateGenerator.create>[1];
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: "SHA-256",
};

const ATTRIBUTES = [
  { oid: "2.5.4.6", tag: 0x13, form: "printableString" },
  { oid: "2.5.4.5", tag: 0x13, form: "printableString" },
  { oid: "2.5.4.10", tag: 0x0c, form: "utf8String" },
  { oid: "2.5.4.11", tag: 0x0c, form: "utf8String" },
  { oid: "2.5.4.3", tag: 0x0c, form: "utf8String" },
  { oid: "1.3.6.1.4.1.37244.2.1", tag: 0x0c, form: "utf8String" },
  { oid: "0.9.2342.19200300.100.1.25", tag: 0x16, form: "ia5String" },
] as const;

const printable = fc.stringMatching(/^[A-Za-z0-9 '()+,./:=?-]{1,40}$/);
const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((s) => !/\p{Surrogate}/u.test(s));
const attribute = fc
  .constantFrom(...ATTRIBUTES)
  .chain((type) => (type.tag === 0x0c ? text : printable).map((value) => ({ ...type, value })));
const rdns = fc.array(fc.array(attribute, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 });
// An RDN holds an attribute type once (X.501, 9.3).
const distinct = rdns.filter((list) =>
  list.every((rdn) => new Set(rdn.map((a) => a.oid)).size === rdn.length),
);
const second = fc.integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 });
const content = fc.record({
  serial: fc.uint8Array({ minLength: 1, maxLength: 19 }).filter((octets) => octets.some((o) => o > 0)),
  issuer: distinct,
  subject: distinct,
  notBefore: second,
  notAfter: second,
  pathLength: fc.option(fc.nat(300), { nil: undefined }),
  ca: fc.boolean(),
  usages: fc.subarray([...KEY_USAGES], { minLength: 1 }),
  purposes: fc.subarray(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.311.20.2.2"], {
    minLength: 1,
  }),
  critical: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  keyId: fc.uint8Array({ minLength: 1, maxLength: 32 }),
});
type Content = typeof content extends fc.Arbitrary<infer T> ? T : never;
type Rdns = Content["subject"];

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const ourName = (list: Rdns) =>
  encodeName(list.map((rdn) => rdn.map(({ oid, tag, value }): NameAttribute => ({ oid, tag, text: value }))));
// @peculiar/x509 writes a SET OF as it is given; DER sorts it, so it is given sorted.
const sorted = (list: Rdns): Rdns =>
  ourName(list).rdns.map((rdn, at) =>
    rdn.map(
      (read) => list[at]!.find((a) => a.oid === read.oid && a.value === read.text) as Rdns[number][number],
    ),
  );
const peculiarName = (list: Rdns) =>
  new peculiar.Name(
    list.map((rdn) => {
      const out: Record<string, Record<string, string>[]> = {};
      for (const { oid, form, value } of rdn) {
        out[oid] ??= [];
        out[oid].push({ [form]: value });
      }
      return out;
    }) as unknown as peculiar.JsonName,
  );

function ours(
  made: Content,
  publicKey: Uint8Array,
  algorithm: ReturnType<typeof signatureAlgorithmFor>,
): Uint8Array {
  const [a, b, c] = made.critical;
  return encodeTbsCertificate({
    serial: made.serial,
    signatureAlgorithm: algorithm,
    issuer: ourName(made.issuer),
    subject: ourName(made.subject),
    notBeforeMs: made.notBefore * 1000,
    notAfterMs: made.notAfter * 1000,
    publicKey,
    extensions: [
      encodeBasicConstraints(a, made.ca, made.ca ? made.pathLength : undefined),
      encodeKeyUsage(b, made.usages),
      encodeExtKeyUsage(c, made.purposes),
      encodeSubjectKeyIdentifier(made.keyId),
      encodeAuthorityKeyIdentifier(made.keyId),
    ],
  });
}

async function theirs(
  made: Content,
  keys: webcrypto.CryptoKeyPair,
  algorithm: typeof EC | typeof RSA,
): Promise<Uint8Array> {
  const [a, b, c] = made.critical;
  const flags = made.usages.reduce((bits, usage) => bits | (1 << KEY_USAGES.indexOf(usage)), 0);
  const made2 = await peculiar.X509CertificateGenerator.create(
    {
      serialNumber: hex(made.serial),
      issuer: peculiarName(sorted(made.issuer)),
      subject: peculiarName(sorted(made.subject)),
      notBefore: new Date(made.notBefore * 1000),
      notAfter: new Date(made.notAfter * 1000),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new peculiar.BasicConstraintsExtension(made.ca, made.ca ? made.pathLength : undefined, a),
        new peculiar.KeyUsagesExtension(flags, b),
        new peculiar.ExtendedKeyUsageExtension(made.purposes, c),
        new peculiar.SubjectKeyIdentifierExtension(hex(made.keyId)),
        new peculiar.AuthorityKeyIdentifierExtension(hex(made.keyId)),
      ],
    },
    provider,
  );
  return new Uint8Array(made2.rawData);
}

describe("the to-be-signed part", () => {
  it("equals what @peculiar/x509 encodes for the same content, byte for byte", async () => {
    const keys = (await subtle.generateKey(EC, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
    const spki = new Uint8Array(await subtle.exportKey("spki", keys.publicKey));
    const algorithm = signatureAlgorithmFor({ kind: "ec", curve: "P-256" });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(content, async (made) => {
        const certificate = decodeCertificate(await theirs(made, keys, EC));
        expect(hex(ours(made, spki, algorithm))).toBe(hex(certificate.tbs));
        compared++;
      }),
      { numRuns: 3000 },
    );
    expect(compared).toBeGreaterThanOrEqual(3000);
  }, 240_000);

  it("is read by node-forge as it was meant, for RSA", () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const spki = publicKey.export({ type: "spki", format: "der" });
    const algorithm = algorithmIdentifier("1.2.840.113549.1.1.11", encodeNull());
    let compared = 0;
    fc.assert(
      fc.property(content, (made) => {
        const tbs = ours(made, spki, algorithm);
        const der = assembleCertificate(tbs, algorithm, createHash("sha256").update(tbs).digest());
        const read = forge.pki.certificateFromAsn1(forge.asn1.fromDer(Buffer.from(der).toString("latin1")));
        expect(BigInt(`0x${read.serialNumber}`)).toBe(BigInt(`0x${hex(made.serial)}`));
        expect(read.validity.notBefore.getTime()).toBe(made.notBefore * 1000);
        expect(read.validity.notAfter.getTime()).toBe(made.notAfter * 1000);
        const wanted = made.subject
          .flat()
          .map((a) => `${a.oid}=${a.value}`)
          .sort();
        const got = read.subject.attributes.map((a) => {
          const value = String(a.value);
          return `${a.type}=${a.valueTagClass === (0x0c as never) ? Buffer.from(value, "latin1").toString("utf8") : value}`;
        });
        expect(got.sort()).toEqual(wanted);
        const usage = read.getExtension("keyUsage") as Record<string, unknown>;
        for (const name of KEY_USAGES) expect(Boolean(usage[name])).toBe(made.usages.includes(name));
        const constraints = read.getExtension("basicConstraints") as {
          cA: boolean;
          pathLenConstraint?: number;
        };
        expect(constraints.cA).toBe(made.ca);
        expect(constraints.pathLenConstraint).toBe(made.ca ? made.pathLength : undefined);
        compared++;
      }),
      { numRuns: 1000 },
    );
    expect(compared).toBeGreaterThanOrEqual(1000);
  }, 120_000);
});
