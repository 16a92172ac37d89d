import { SamicertsError } from "../base/errors.ts";
import { readSequence } from "./der-reader.ts";

/** What kinds of content CMS has, by OID (RFC 5652, 4 and on; RFC 5083; RFC 3274). */
const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.7.1", "data"],
  ["1.2.840.113549.1.7.2", "signed data"],
  ["1.2.840.113549.1.7.3", "enveloped data"],
  ["1.2.840.113549.1.7.5", "digested data"],
  ["1.2.840.113549.1.7.6", "encrypted data"],
  ["1.2.840.113549.1.9.16.1.2", "authenticated data"],
  ["1.2.840.113549.1.9.16.1.4", "a time stamp"],
  ["1.2.840.113549.1.9.16.1.9", "compressed data"],
  ["1.2.840.113549.1.9.16.1.23", "authenticated enveloped data"],
]);
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const CONTEXT_0 = 0xa0;
const CONTEXT_1 = 0xa1;
/** The most certificates, CRLs and signers that are counted. */
const MOST = 10_000;

/** What a SignedData carries (RFC 5652, 5.1): PKCS#7's way to hand certificates on. */
export interface SignedData {
  /** DER, in the order they come. */
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
  /** How many have signed it; none where it only carries certificates. */
  readonly signers: number;
  /** What kind of content it has, in words; its OID where we have none. */
  readonly contentType: string;
  /** The octets of the content that is inside; absent where it is apart, or there is none. */
  readonly contentSize?: number;
}

/** Reads what a SignedData carries; its signatures are not looked at. Throws `der.*`, `cms.unsupported`. */
export function readSignedData(der: Uint8Array, what: string): SignedData {
  const info = readSequence(der, what);
  const type = info.oid(`${what}: contentType`);
  if (type !== SIGNED_DATA)
    throw unsupported(`${what} is CMS of another kind, ${contentTypeName(type)}, which is not read here`);
  const explicit = info.enter(CONTEXT_0, `${what}: content`);
  info.end(what);
  const signed = explicit.sequence(`${what}: SignedData`);
  explicit.end(what);
  signed.smallInteger(`${what}: version`);
  signed.setOf(`${what}: digestAlgorithms`);
  const content = signed.sequence(`${what}: encapContentInfo`);
  const contentType = contentTypeName(content.oid(`${what}: eContentType`));
  const inside = content.enterOptional(CONTEXT_0, `${what}: eContent`);
  content.end(`${what}: encapContentInfo`);
  const list = (tag: number, name: string): Uint8Array[] => {
    const found: Uint8Array[] = [];
    // Read as they come: not every program sorts this SET.
    const set = signed.enterOptional(tag, `${what}: ${name}`);
    while (set !== undefined && !set.done) {
      found.push(set.element(`${what}: ${name}`));
      if (found.length > MOST) throw unsupported(`${what} has more than ${MOST} ${name}`);
    }
    return found;
  };
  const certificates = list(CONTEXT_0, "certificates");
  const crls = list(CONTEXT_1, "crls");
  const signers = list(0x31, "signerInfos").length;
  signed.end(what);
  return {
    certificates,
    crls,
    signers,
    contentType,
    ...(inside === undefined ? {} : { contentSize: inside.content(0x04, `${what}: eContent`).length }),
  };
}

function contentTypeName(oid: string): string {
  return CONTENT_TYPES.get(oid) ?? oid;
}

function unsupported(message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "cms.unsupported",
    message,
    hint: "openssl cms -cmsout -print -inform DER -noout -in FILE shows what it is made of",
  });
}
