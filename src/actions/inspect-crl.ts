import { createHash } from "node:crypto";
import { type ByteSource, piecesOf } from "../x509/byte-source.ts";
import type { Certificate } from "../x509/certificate.ts";
import { type CrlEntry, decodeCrl } from "../x509/crl.ts";
import { sameName } from "../x509/name-compare.ts";
import { formatName } from "../x509/name-format.ts";
import { formatSerial, serialValue } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";
import { checkSignature, describeAlgorithm, type SignatureHolds } from "./describe-algorithm.ts";
import { type ExtensionSummary, summarizeExtension } from "./describe-extension.ts";
import { type ScopeSummary, summarizeScope } from "./describe-scope.ts";
import { stateAt } from "./inspect-ocsp.ts";
import type { SerialForms } from "./summary.ts";

/** One revoked certificate; moments are RFC 3339. */
export interface CrlEntrySummary {
  readonly serial: SerialForms;
  readonly revoked: string;
  readonly reason?: string;
  /** Since when it is not to be relied on. */
  readonly invalidFrom?: string;
}

/** A CRL in words. */
export interface InspectedCrl {
  readonly source: string;
  readonly version: number;
  readonly issuer: string;
  /** In decimal; absent where it has none. */
  readonly number?: string;
  readonly thisUpdate: string;
  readonly nextUpdate?: string;
  readonly state: "current" | "not yet valid" | "outdated" | "of any age";
  readonly entries: number;
  /** The first of them. */
  readonly first: readonly CrlEntrySummary[];
  /** How many there are of each reason; `none` where none is given. */
  readonly reasons: Readonly<Record<string, number>>;
  /** What it is about, where that is not all that its issuer issued. */
  readonly scope?: ScopeSummary;
  readonly extensions: readonly ExtensionSummary[];
  readonly signatureAlgorithm: string;
  /** Absent where its issuer's certificate is not at hand. */
  readonly signature?: SignatureHolds & { readonly by: string };
  readonly octets: number;
  /** SHA-256 of its DER, lower-case hex. */
  readonly sha256: string;
}

/** A certificate at hand, and what it is called. */
export interface AtHand {
  readonly name: string;
  readonly certificate: Certificate;
}

/** A CRL to be put into words. */
export interface CrlInput {
  readonly source: string;
  readonly octets: ByteSource;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Certificates of which its issuer's may be one. */
  readonly issuers: readonly AtHand[];
}

/** So many entries are shown. */
const SHOWN = 5;
const PIECE = 1024 * 1024;

/** Puts a CRL into words in constant memory, however long it is; throws `der.*`, `crl.*`, and what reading it throws. */
export function inspectCrl({ source, octets, atMs, issuers }: CrlInput): InspectedCrl {
  const first: CrlEntrySummary[] = [];
  const reasons = new Map<string, number>();
  let entries = 0;
  const crl = decodeCrl(octets, source, (entry) => {
    if (entries++ < SHOWN) first.push(summarizeEntry(entry));
    const reason = entry.reason ?? "none";
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  });
  const { thisUpdate, nextUpdate, known } = crl;
  const issuer = issuers.find(({ certificate }) => sameName(certificate.subject, crl.issuer));
  const signed = (by: AtHand) => ({
    ...checkSignature(
      piecesOf(octets, crl.tbs.at, crl.tbs.end, PIECE),
      crl.outerAlgorithm,
      crl.signature,
      by.certificate.publicKey,
    ),
    by: by.name,
  });
  const hash = createHash("sha256");
  for (const piece of piecesOf(octets, 0, octets.size, PIECE)) hash.update(piece);
  return {
    source,
    version: crl.version,
    issuer: formatName(crl.issuer),
    ...(known.number === undefined ? {} : { number: known.number.toString() }),
    thisUpdate: formatTime(thisUpdate.epochMs),
    ...(nextUpdate === undefined ? {} : { nextUpdate: formatTime(nextUpdate.epochMs) }),
    state: stateAt(atMs, thisUpdate.epochMs, nextUpdate?.epochMs),
    entries,
    first,
    reasons: Object.fromEntries([...reasons].sort((a, b) => b[1] - a[1])),
    ...summarizeScope(known),
    extensions: crl.extensions.map(summarizeExtension),
    signatureAlgorithm: describeAlgorithm(crl.outerAlgorithm),
    ...(issuer === undefined ? {} : { signature: signed(issuer) }),
    octets: octets.size,
    sha256: hash.digest("hex"),
  };
}

function summarizeEntry({ serial, revokedMs, reason, invalidityMs }: CrlEntry): CrlEntrySummary {
  return {
    serial: formatSerial(serialValue(serial)),
    revoked: formatTime(revokedMs),
    ...(reason === undefined ? {} : { reason }),
    ...(invalidityMs === undefined ? {} : { invalidFrom: formatTime(invalidityMs) }),
  };
}
