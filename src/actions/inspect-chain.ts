import type { Certificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { nameKey } from "../x509/name-compare.ts";
import { formatName } from "../x509/name-format.ts";
import { verifySignature } from "../x509/signature.ts";

/** One certificate of a file, and who signed it; places are from 0. */
export interface ChainLink {
  readonly index: number;
  readonly subject: string;
  /** `itself`, the place of the certificate in the file that did, or null where none there did. */
  readonly signedBy: "itself" | number | null;
  /** Who it says that issued it: only where none in the file signed it. */
  readonly issuer?: string;
  /** Why a certificate that has the issuer's name has not signed it. */
  readonly reason?: string;
  /** The place of the same certificate, where it was there before. */
  readonly sameAs?: number;
}

/** How the certificates of one file hang together. */
export interface InspectedChain {
  readonly source: string;
  readonly links: readonly ChainLink[];
  /** Whether each is signed by the next one, as TLS servers and devices want a chain. */
  readonly inOrder: boolean;
}

/** So many certificates of an issuer's name are tried for one signature. */
const MOST_TRIED = 4;

/** Finds out who in a file signed whom. Takes a signature a certificate, or a few where names are alike. */
export function inspectChain(source: string, certificates: readonly Certificate[]): InspectedChain {
  const bySubject = new Map<string, number[]>();
  const seen = new Map<string, number>();
  for (const [index, { subject }] of certificates.entries()) {
    const key = nameKey(subject);
    bySubject.set(key, [...(bySubject.get(key) ?? []), index]);
  }
  const links = certificates.map((certificate, index): ChainLink => {
    const digest = Buffer.from(certificate.der).toString("latin1");
    const sameAs = seen.get(digest);
    if (sameAs === undefined) seen.set(digest, index);
    return {
      index,
      subject: formatName(certificate.subject),
      ...signerOf(certificate, index, certificates, bySubject),
      ...(sameAs === undefined ? {} : { sameAs }),
    };
  });
  const inOrder = links.every(
    ({ signedBy, sameAs }, place) =>
      sameAs === undefined && (place === links.length - 1 || signedBy === place + 1),
  );
  return { source, links, inOrder };
}

function signerOf(
  certificate: Certificate,
  index: number,
  certificates: readonly Certificate[],
  bySubject: ReadonlyMap<string, readonly number[]>,
): Pick<ChainLink, "signedBy" | "issuer" | "reason"> {
  const named = bySubject.get(nameKey(certificate.issuer)) ?? [];
  // One that names itself is asked first, and then what comes next in the file: the usual order.
  const order = [...named].sort((a, b) => nearness(a, index) - nearness(b, index)).slice(0, MOST_TRIED);
  let reason: string | undefined;
  for (const place of order) {
    const candidate = certificates[place] as Certificate;
    if (place !== index && !mayBe(candidate, certificate)) continue;
    const { innerAlgorithm, outerAlgorithm, tbs, signature } = certificate;
    if (!sameBytes(innerAlgorithm.der, outerAlgorithm.der))
      return { signedBy: null, reason: "the algorithm beside its signature is not the one inside" };
    const verdict = verifySignature(tbs, outerAlgorithm, signature, candidate.publicKey);
    if (verdict.ok) return { signedBy: sameBytes(candidate.der, certificate.der) ? "itself" : place };
    reason ??= verdict.reason;
  }
  return {
    signedBy: null,
    issuer: formatName(certificate.issuer),
    ...(reason === undefined ? {} : { reason }),
  };
}

function nearness(place: number, index: number): number {
  return place === index ? -1 : place > index ? place - index : 1e6 + place;
}

/** A key identifier that is another's rules a candidate out. */
function mayBe(candidate: Certificate, certificate: Certificate): boolean {
  const wanted = certificate.known.authorityKeyIdentifier?.keyIdentifier;
  const offered = candidate.known.subjectKeyIdentifier?.keyIdentifier;
  return wanted === undefined || offered === undefined || sameBytes(wanted, offered);
}
