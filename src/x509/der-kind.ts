import { TAG } from "./tag.ts";

/** What DER can be that has to do with certificates. */
export type DerKind =
  | "certificate"
  | "request"
  | "crl"
  | "ocsp-request"
  | "ocsp-response"
  | "cms"
  | "pkcs12"
  | "private-key"
  | "encrypted-key"
  | "public-key"
  | "rsa-public-key";

/** An element's tag and where its content is, as its header says. */
interface Element {
  readonly tag: number;
  readonly at: number;
  readonly end: number;
}

const CONTEXT_0 = 0xa0;

/**
 * What DER seems to be, told by the tags that it begins with; undefined where it is none of these. Whether it is well
 * formed is for its decoder to say. `front` is as much of it as there is at hand: 4 KiB are more than enough.
 */
export function derKind(front: Uint8Array): DerKind | undefined {
  const outer = elementAt(front, 0);
  // NSS writes PKCS#12 as BER, and that is the one kind that is read so.
  if (outer === undefined) return front[0] === TAG.sequence && beginsPkcs12(front) ? "pkcs12" : undefined;
  if (outer.tag !== TAG.sequence) return undefined;
  const parts = childrenOf(front, outer, 3);
  const [first, second, third] = parts.map(({ tag }) => tag);
  const [inner] = parts;
  if (inner === undefined) return undefined;
  if (first === TAG.enumerated) return "ocsp-response";
  if (first === TAG.oid) return "cms";
  if (first === TAG.integer) return kindByVersion(front, inner, second, third);
  if (first !== TAG.sequence) return undefined;
  if (second === TAG.bitString) return "public-key";
  if (second === TAG.octetString) return "encrypted-key";
  // The signature of a long CRL is further on than the front goes.
  const signed = second === TAG.sequence ? third === TAG.bitString : second === undefined;
  const told = signedKind(front, inner);
  if (second === undefined && inner.end === outer.end) return told ?? "ocsp-request";
  return signed ? told : second === CONTEXT_0 ? "ocsp-request" : undefined;
}

/** Whether the first thing in a SEQUENCE, BER or DER, is version 3, as in a PFX (RFC 7292, 4). */
export function beginsPkcs12(front: Uint8Array): boolean {
  const length = front[1] ?? 0;
  const content = length < 0x80 ? 2 : 2 + (length & 0x7f);
  return front[content] === TAG.integer && front[content + 1] === 1 && front[content + 2] === 3;
}

/** PFX (RFC 7292, 4), and keys: PKCS#8, SEC1 and both of PKCS#1 begin with an INTEGER. */
function kindByVersion(
  front: Uint8Array,
  version: Element,
  second: number | undefined,
  third: number | undefined,
): DerKind | undefined {
  const isThree = version.end - version.at === 1 && front[version.at] === 3;
  if (second === TAG.sequence) return isThree ? "pkcs12" : "private-key";
  if (second === TAG.octetString) return "private-key";
  if (second !== TAG.integer) return undefined;
  return third === undefined ? "rsa-public-key" : "private-key";
}

/** The part that is signed of a certificate, a CRL or a request (RFC 5280, 4.1 and 5.1; RFC 2986, 4.1). */
function signedKind(front: Uint8Array, tbs: Element): DerKind | undefined {
  const parts = childrenOf(front, tbs, 4);
  const [first, second, third, fourth] = parts.map(({ tag }) => tag);
  const [initial, next] = parts;
  if (initial === undefined) return undefined;
  if (first === CONTEXT_0) return second === TAG.integer ? "certificate" : undefined;
  if (first === TAG.sequence) return isTime(third) && beginsWithOid(front, initial) ? "crl" : undefined;
  if (first !== TAG.integer || second !== TAG.sequence || next === undefined) return undefined;
  if (!beginsWithOid(front, next)) return "request";
  return isTime(fourth) ? "crl" : third === TAG.sequence ? "certificate" : undefined;
}

function isTime(tag: number | undefined): boolean {
  return tag === TAG.utcTime || tag === TAG.generalizedTime;
}

function beginsWithOid(front: Uint8Array, element: Element): boolean {
  return elementAt(front, element.at)?.tag === TAG.oid;
}

/** The first elements inside another, as far as they begin within the front. */
function childrenOf(front: Uint8Array, { at, end }: Element, most: number): readonly Element[] {
  const found: Element[] = [];
  for (let next = at; next < end && found.length < most; ) {
    const element = elementAt(front, next);
    if (element === undefined) break;
    found.push(element);
    next = element.end;
  }
  return found;
}

function elementAt(front: Uint8Array, at: number): Element | undefined {
  const tag = front[at];
  const first = front[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return { tag, at: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 6 || at + 2 + octets > front.length) return undefined;
  let length = 0;
  for (let i = 0; i < octets; i++) length = length * 256 + (front[at + 2 + i] as number);
  return { tag, at: at + 2 + octets, end: at + 2 + octets + length };
}
