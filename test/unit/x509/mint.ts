import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  type AlgorithmIdentifier,
  algorithmIdentifier,
  signatureAlgorithmFor,
} from "../../../src/x509/algorithms.ts";
import {
  assembleCertificate,
  type Certificate,
  decodeCertificate,
  encodeTbsCertificate,
} from "../../../src/x509/certificate.ts";
import {
  encodeAuthorityKeyIdentifier,
  encodeBasicConstraints,
  encodeKeyUsage,
  encodeSubjectKeyIdentifier,
} from "../../../src/x509/extension-encode.ts";
import { encodeName, type Name, type NameAttribute } from "../../../src/x509/name.ts";
import { decodePublicKey, type PublicKey } from "../../../src/x509/public-key.ts";

/** A key pair for certificates that only tests see. */
export interface TestKey {
  readonly publicKey: PublicKey;
  readonly privateKey: KeyObject;
}

/** 2026-01-01T00:00:00Z: the moment that certificates made here are valid at unless told otherwise. */
export const NOW: number = Date.UTC(2026, 0, 1);
export const DAY = 86_400_000;

/** Makes a key pair: on P-256, unless `type` and `options` ask otherwise. */
export function testKey(type = "ec", options: object = { namedCurve: "P-256" }): TestKey {
  const pair = (
    generateKeyPairSync as (t: string, o: object) => { publicKey: KeyObject; privateKey: KeyObject }
  )(type, options);
  const publicKey = decodePublicKey(pair.publicKey.export({ type: "spki", format: "der" }));
  return { publicKey, privateKey: pair.privateKey };
}

/** A name of one common name, UTF8String unless `tag` says otherwise. */
export function commonName(text: string, tag = 0x0c): Name {
  const attribute: NameAttribute = { oid: "2.5.4.3", tag, text };
  return encodeName([[attribute]]);
}

/** What to make; everything has a default that gives a valid certificate. */
export interface MintInput {
  readonly subject: Name | string;
  readonly issuer?: Name | string;
  readonly key: TestKey;
  /** Signs; the subject's own key where absent. */
  readonly by?: TestKey;
  readonly ca?: boolean | "absent";
  readonly pathLength?: number;
  /** keyUsage of a CA: `false` leaves keyCertSign out, `absent` leaves the extension out. */
  readonly certSign?: boolean | "absent";
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** Whole Extensions to add. */
  readonly extensions?: readonly Uint8Array[];
  readonly keyIdentifiers?: boolean;
  readonly authorityKeyIdentifier?: Uint8Array;
  readonly algorithm?: { readonly identifier: AlgorithmIdentifier; readonly hash: string };
  /** Put beside the signature in place of the algorithm that was used. */
  readonly outerAlgorithm?: AlgorithmIdentifier;
  readonly breakSignature?: boolean;
}

let serials = 0;

/** Makes and decodes one certificate. */
export function mint(input: MintInput): Certificate {
  const { key, by = key, ca = false } = input;
  const subject = named(input.subject);
  const issuer = input.issuer === undefined ? subject : named(input.issuer);
  const algorithm = input.algorithm?.identifier ?? signatureAlgorithmFor(by.publicKey);
  const tbs = encodeTbsCertificate({
    serial: Buffer.from((++serials).toString(16).padStart(8, "0"), "hex"),
    signatureAlgorithm: algorithm,
    issuer,
    subject,
    notBeforeMs: input.notBeforeMs ?? NOW - DAY,
    notAfterMs: input.notAfterMs ?? NOW + DAY,
    publicKey: key.publicKey.der,
    extensions: [...standardExtensions(input, by, ca), ...(input.extensions ?? [])],
  });
  const signature = Buffer.from(sign(input.algorithm?.hash ?? hashOf(algorithm), tbs, by.privateKey));
  if (input.breakSignature === true)
    signature[signature.length - 1] = (signature[signature.length - 1] as number) ^ 1;
  return decodeCertificate(assembleCertificate(tbs, input.outerAlgorithm ?? algorithm, signature));
}

/** ecdsa-with-SHA1, which nothing else makes. */
export const ECDSA_SHA1: { readonly identifier: AlgorithmIdentifier; readonly hash: string } = {
  identifier: algorithmIdentifier("1.2.840.10045.4.1"),
  hash: "sha1",
};

function standardExtensions(input: MintInput, by: TestKey, ca: boolean | "absent"): Uint8Array[] {
  const extensions: Uint8Array[] = [];
  if (ca !== "absent") extensions.push(encodeBasicConstraints(true, ca, input.pathLength));
  if (ca === true && input.certSign !== "absent")
    extensions.push(
      encodeKeyUsage(true, input.certSign === false ? ["cRLSign"] : ["keyCertSign", "cRLSign"]),
    );
  if (input.keyIdentifiers !== false) {
    extensions.push(encodeSubjectKeyIdentifier(keyIdentifier(input.key)));
    extensions.push(encodeAuthorityKeyIdentifier(input.authorityKeyIdentifier ?? keyIdentifier(by)));
  }
  return extensions;
}

/** The key's identifier, by RFC 5280's first method (4.2.1.2). */
export function keyIdentifier(key: TestKey): Uint8Array {
  return createHash("sha1").update(key.publicKey.bits).digest();
}

function named(name: Name | string): Name {
  return typeof name === "string" ? commonName(name) : name;
}

/** What is handed to node:crypto; Ed25519 has a hash of its own. */
function hashOf(algorithm: AlgorithmIdentifier): string | null {
  if (algorithm.oid === "1.3.101.112") return null;
  return algorithm.oid === "1.2.840.10045.4.3.3"
    ? "sha384"
    : algorithm.oid === "1.2.840.10045.4.3.4"
      ? "sha512"
      : "sha256";
}
