import { algorithmIdentifier, KEY_OID } from "../../../src/x509/algorithms.ts";
import {
  assembleCertificate,
  decodeCertificate,
  encodeTbsCertificate,
} from "../../../src/x509/certificate.ts";
import {
  encode,
  encodeBoolean,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeText,
} from "../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../src/x509/extension-encode.ts";
import type { Name } from "../../../src/x509/name.ts";
import { EXTENSION_OID } from "../../../src/x509/oids.ts";
import { repeated } from "../target.ts";
import { CERTIFICATES } from "./seed-certificates.ts";

const MOMENT = Date.UTC(2026, 10, 23);
/** What is not the large part of a certificate. */
const REST = 2048;

/** Certificates of about so many octets, each large in another part of it. */
export function largeCertificates(octets: number): readonly Uint8Array[] {
  const size = octets - REST;
  const list = (oid: string, content: Uint8Array): Uint8Array =>
    encodeExtension(oid, false, encodeSequence(content));
  const general = (tag: number, text: string): Uint8Array => repeated(encodeText(tag, text), size);
  const many = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
  const policies = many(size / 12).map((n) => encodeSequence(encodeOid(`1.3.6.1.${n}`)));
  const purposes = many(size / 9).map((n) => encodeOid(`1.3.6.1.${n}`));
  const point = encodeSequence(encode(0xa0, encode(0xa0, encodeText(0x86, "http://a.example/c"))));
  const access = encodeSequence(encodeOid("1.3.6.1.5.5.7.48.1"), encodeText(0x86, "http://a.example/c"));
  return [
    certificate({ subject: largeNames(size)[0] as Pick<Name, "der"> }),
    ...largeNames(size).map((issuer) => certificate({ issuer })),
    certificate({ extensions: [list(EXTENSION_OID.subjectAltName, general(0x82, "a.example"))] }),
    certificate({ extensions: [list(EXTENSION_OID.subjectAltName, general(0x86, "http://a.example/"))] }),
    certificate({
      extensions: [list(EXTENSION_OID.subjectAltName, encodeText(0x82, "a.".repeat(size / 2)))],
    }),
    certificate({
      extensions: [list(EXTENSION_OID.subjectAltName, encodeText(0x81, "a@".repeat(size / 2)))],
    }),
    certificate({
      extensions: [list(EXTENSION_OID.subjectAltName, encodeText(0x86, "a:/".repeat(size / 3)))],
    }),
    certificate({ extensions: [list(EXTENSION_OID.certificatePolicies, Buffer.concat(policies))] }),
    certificate({ extensions: [list(EXTENSION_OID.extKeyUsage, Buffer.concat(purposes))] }),
    certificate({ extensions: [list(EXTENSION_OID.crlDistributionPoints, repeated(point, size))] }),
    certificate({ extensions: [list(EXTENSION_OID.authorityInfoAccess, repeated(access, size))] }),
    certificate({
      extensions: [
        list(
          EXTENSION_OID.policyMappings,
          repeated(encodeSequence(encodeOid("1.2.3"), encodeOid("1.2.4")), size),
        ),
      ],
    }),
    certificate({
      extensions: [encodeExtension(EXTENSION_OID.subjectKeyIdentifier, false, encode(4, Buffer.alloc(size)))],
    }),
    certificate({
      extensions: many(200).map((n) => encodeExtension(`1.2.3.${n}`, true, Buffer.alloc(size / 220))),
    }),
    certificate({
      extensions: [
        encodeSequence(encode(6, Buffer.alloc(size, 3)), encodeBoolean(true), encode(4, Buffer.alloc(2))),
      ],
    }),
    certificate({ publicKey: rsaKey(size) }),
    certificate({
      publicKey: encodeSequence(
        algorithmIdentifier("1.2.3", encode(4, Buffer.alloc(size))).der,
        encode(3, Buffer.alloc(2)),
      ),
    }),
  ];
}

/** Names of about so many octets: of many RDNs, of one with many attributes, of one long text, of characters to be escaped. */
export function largeNames(octets: number): readonly Pick<Name, "der">[] {
  const attribute = (oid: string, text: string): Uint8Array =>
    encodeSequence(encodeOid(oid), encodeText(0x0c, text));
  const many = Array.from({ length: octets / 24 }, (_, n) => `n ${n}`);
  const one = (text: string): Uint8Array => encodeSequence(encodeSetOf([attribute("2.5.4.3", text)]));
  return [
    encodeSequence(...many.map((text) => encodeSetOf([attribute("2.5.4.3", text)]))),
    encodeSequence(encodeSetOf(many.map((text, n) => attribute(`1.2.3.${n}`, text)))),
    encodeSequence(encodeSetOf(many.map((text) => attribute("2.5.4.3", text)))),
    ...["a  ", "\u0001", "\u1e9e", "\ufdfa"].map((piece) =>
      one(piece.repeat(octets / Buffer.byteLength(piece))),
    ),
  ].map((der) => ({ der }));
}

const MODEL = decodeCertificate(CERTIFICATES[0] as Uint8Array);

function certificate(parts: {
  readonly subject?: Pick<Name, "der">;
  readonly issuer?: Pick<Name, "der">;
  readonly publicKey?: Uint8Array;
  readonly extensions?: readonly Uint8Array[];
}): Uint8Array {
  const tbs = encodeTbsCertificate({
    serial: Uint8Array.of(1),
    signatureAlgorithm: MODEL.innerAlgorithm,
    issuer: { ...MODEL.issuer, ...parts.issuer },
    subject: { ...MODEL.subject, ...parts.subject },
    notBeforeMs: MOMENT,
    notAfterMs: MOMENT,
    publicKey: parts.publicKey ?? MODEL.publicKey.der,
    extensions: parts.extensions ?? [],
  });
  return assembleCertificate(tbs, MODEL.outerAlgorithm, MODEL.signature);
}

function rsaKey(octets: number): Uint8Array {
  const numbers = encodeSequence(
    encode(2, Uint8Array.of(0x55), Buffer.alloc(octets / 2, 0x55)),
    encode(2, Uint8Array.of(0x33), Buffer.alloc(octets / 2, 0x33)),
  );
  return encodeSequence(
    algorithmIdentifier(KEY_OID.rsa, encode(5)).der,
    encode(3, Uint8Array.of(0), numbers),
  );
}
