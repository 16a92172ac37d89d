import { SamicertsError } from "../base/errors.ts";
import {
  type AlgorithmIdentifier,
  type HashName,
  readAlgorithm,
  SIGNATURE_ALGORITHMS,
} from "./algorithms.ts";
import type { Certificate } from "./certificate.ts";
import { DerReader, readSequence, TAG } from "./der-reader.ts";
import {
  encode,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeSmallInteger,
} from "./der-writer.ts";
import { HASH_OIDS } from "./rsa-signature.ts";
import type { Signer } from "./signer.ts";
import { encodeTime } from "./time.ts";

const OID = {
  signedData: "1.2.840.113549.1.7.2",
  data: "1.2.840.113549.1.7.1",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
} as const;

const HASHES: readonly HashName[] = ["sha256", "sha384", "sha512"];
const CONTEXT_0 = 0xa0;
const CONTEXT_1 = 0xa1;
/** Signers that are named by issuer and serial (RFC 5652, 5.3). */
const VERSION = 1;

/** Signs a content of any length by its digest, apart from it. */
export interface DetachedSigner {
  /** What the content is to be digested with. */
  readonly hash: HashName;
  /** Gives a CMS SignedData in DER over the content with this digest. */
  sign(digest: Uint8Array): Uint8Array;
}

/** What a detached CMS signature says. */
export interface DetachedSignature {
  readonly hash: HashName;
  /** The content's digest. */
  readonly digest: Uint8Array;
  /** What is signed: the attributes, the digest among them, in DER. */
  readonly signedAttributes: Uint8Array;
  readonly algorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/**
 * Prepares detached signatures (RFC 5652) by a certificate's key, with the key's own algorithm. The content need not be
 * in memory: what is signed is a set of attributes with its digest. Anybody can check it, as with openssl cms -verify.
 * Throws `key.unsupported`.
 */
export function createDetachedSigner(signer: Signer, certificate: Certificate, atMs: number): DetachedSigner {
  const { algorithm } = signer;
  const hash = digestHash(algorithm) ?? "sha256";
  const digestAlgorithm = encodeSequence(encodeOid(HASH_OIDS.get(hash) as string));
  const signerName = encodeSequence(certificate.issuer.der, encode(TAG.integer, certificate.serial));
  return {
    hash,
    sign(digest) {
      const attributes = encodeSetOf([
        attribute(OID.contentType, encodeOid(OID.data)),
        attribute(OID.signingTime, encodeTime(atMs)),
        attribute(OID.messageDigest, encodeOctetString(digest)),
      ]);
      const signerInfo = encodeSequence(
        encodeSmallInteger(VERSION),
        signerName,
        digestAlgorithm,
        retagged(attributes, CONTEXT_0),
        algorithm.der,
        encodeOctetString(signer.sign(attributes, algorithm)),
      );
      const signedData = encodeSequence(
        encodeSmallInteger(VERSION),
        encodeSetOf([digestAlgorithm]),
        encodeSequence(encodeOid(OID.data)),
        encode(CONTEXT_0, certificate.der),
        encodeSetOf([signerInfo]),
      );
      return encodeSequence(encodeOid(OID.signedData), encode(CONTEXT_0, signedData));
    },
  };
}

/**
 * Reads a detached CMS signature with one signer and signed attributes; `what` names it in errors.
 * The certificates in it are passed over: whose signature it is, is to be found out with a key that is trusted.
 * Throws `der.*` and `cms.unsupported`.
 */
export function readDetachedSignature(der: Uint8Array, what: string): DetachedSignature {
  const contentInfo = readSequence(der, what);
  if (contentInfo.oid(what) !== OID.signedData) throw unsupported(what, "it is no signature");
  const explicit = contentInfo.enter(CONTEXT_0, what);
  contentInfo.end(what);
  const signedData = explicit.sequence(what);
  explicit.end(what);
  signedData.smallInteger(`${what}.version`);
  signedData.setOf(`${what}.digestAlgorithms`);
  const content = signedData.sequence(`${what}.encapContentInfo`);
  if (content.oid(`${what}.eContentType`) !== OID.data || !content.done)
    throw unsupported(what, "it has its content in it, instead of being apart from it");
  signedData.enterOptional(CONTEXT_0, `${what}.certificates`);
  signedData.enterOptional(CONTEXT_1, `${what}.crls`);
  const signers = signedData.setOf(`${what}.signerInfos`);
  signedData.end(what);
  if (signers.done) throw unsupported(what, "nobody has signed it");
  const signer = signers.sequence(`${what}.signerInfo`);
  if (!signers.done) throw unsupported(what, "it has more than one signature in it");
  return readSigner(signer, what);
}

function readSigner(signer: DerReader, what: string): DetachedSignature {
  signer.smallInteger(`${what}.version`);
  signer.element(`${what}.sid`);
  const digestAlgorithm = readAlgorithm(signer, `${what}.digestAlgorithm`).oid;
  const hash = HASHES.find((name) => HASH_OIDS.get(name) === digestAlgorithm);
  if (hash === undefined) throw unsupported(what, `its digest algorithm ${digestAlgorithm} is not SHA-2`);
  if (signer.peek() !== CONTEXT_0) throw unsupported(what, "it has no signed attributes");
  const signedAttributes = retagged(signer.element(`${what}.signedAttrs`), TAG.set);
  const algorithm = readAlgorithm(signer, `${what}.signatureAlgorithm`);
  const signature = signer.octetString(`${what}.signature`);
  signer.enterOptional(CONTEXT_1, `${what}.unsignedAttrs`);
  signer.end(what);
  if (digestHash(algorithm) !== hash)
    throw unsupported(what, "its content and its attributes have digests of different kinds");
  return { hash, digest: readDigest(signedAttributes, what), signedAttributes, algorithm, signature };
}

/** The digest among the signed attributes, once, and that the content is plain data. */
function readDigest(signedAttributes: Uint8Array, what: string): Uint8Array {
  const attributes = new DerReader(signedAttributes).setOf(`${what}.signedAttrs`);
  const seen = new Map<string, DerReader>();
  while (!attributes.done) {
    const one = attributes.sequence(`${what}.attribute`);
    const type = one.oid(`${what}.attribute`);
    if (seen.has(type)) throw unsupported(what, `it has the attribute ${type} twice`);
    seen.set(type, one.setOf(`${what}.attribute`));
    one.end(what);
  }
  const contentType = seen.get(OID.contentType);
  const digest = seen.get(OID.messageDigest);
  if (contentType === undefined || digest === undefined)
    throw unsupported(what, "it does not say in its attributes what it is of");
  if (contentType.oid(what) !== OID.data) throw unsupported(what, "it is not of plain data");
  contentType.end(what);
  const octets = digest.octetString(`${what}.messageDigest`);
  digest.end(what);
  return octets;
}

/** What the signature's own digest is made with; Ed25519 has none of its own, and goes with SHA-512 (RFC 8419, 3.1). */
function digestHash({ oid }: AlgorithmIdentifier): HashName | undefined {
  const known = SIGNATURE_ALGORITHMS.get(oid);
  return known?.family === "ed25519" ? "sha512" : known?.hash;
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(type), encodeSetOf([value]));
}

/** The same element under another tag: implicit tagging. */
function retagged(element: Uint8Array, tag: number): Uint8Array {
  const copy = Uint8Array.from(element);
  copy[0] = tag;
  return copy;
}

function unsupported(what: string, why: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "cms.unsupported",
    message: `${what} is not a detached signature that can be checked: ${why}`,
    hint: "it must be a CMS signature (RFC 5652) by one signer, apart from its content, with signed attributes",
  });
}
