import { type CrlReason, reasonOf } from "./crl-reason.ts";
import { DerReader, derError, readSequence, TAG } from "./der-reader.ts";
import { readPointName } from "./extension-decode.ts";
import type { DecodedExtension } from "./extension-list.ts";
import type { AuthorityKeyIdentifier, DistributionPoint } from "./extensions.ts";
import { CRL_OID } from "./oids.ts";
import { serialValue } from "./serial.ts";
import { readTime } from "./time.ts";

/** issuingDistributionPoint (RFC 5280, 5.2.5): what a CRL is about. */
export interface IssuingDistributionPoint
  extends Pick<DistributionPoint, "fullName" | "nameRelativeToIssuer"> {
  /** The one kind of certificates that it is about; all where absent. */
  readonly only?: "user" | "ca" | "attribute";
  readonly onlySomeReasons: boolean;
  /** Whether it is about other issuers' certificates too. */
  readonly indirect: boolean;
}

/** What a CRL's extensions say, as far as we read them. */
export interface CrlExtensions {
  readonly authorityKeyIdentifier?: AuthorityKeyIdentifier;
  readonly number?: bigint;
  /** Of a delta CRL: the number of the CRL that it goes with. */
  readonly baseNumber?: bigint;
  readonly issuingDistributionPoint?: IssuingDistributionPoint;
  /** Since when it also has certificates that have expired, milliseconds since 1970. */
  readonly expiredCertsFromMs?: number;
  /** Extensions that are critical and not understood, by OID. */
  readonly unknownCritical: readonly string[];
}

/** What an entry's extensions say. */
export interface EntryExtensions {
  readonly reason?: CrlReason;
  /** Milliseconds since 1970. */
  readonly invalidityMs?: number;
  /** Whether it is about another issuer's certificate. */
  readonly otherIssuer: boolean;
  readonly unknownCritical: readonly string[];
}

/** An entry without extensions. */
export const NO_ENTRY_EXTENSIONS: EntryExtensions = { otherIssuer: false, unknownCritical: [] };

/** Puts together what a CRL's extensions say; throws `der.*`. */
export function readCrlExtensions(list: readonly DecodedExtension[], what: string): CrlExtensions {
  const found: { -readonly [K in keyof CrlExtensions]: CrlExtensions[K] } = { unknownCritical: [] };
  for (const { extension, decoded } of list) {
    const { oid, critical, value } = extension;
    if (decoded?.name === "authorityKeyIdentifier")
      found.authorityKeyIdentifier = decoded.value as AuthorityKeyIdentifier;
    else if (oid === CRL_OID.cRLNumber) found.number = readNumber(value, `${what}: cRLNumber`);
    else if (oid === CRL_OID.deltaCRLIndicator)
      found.baseNumber = readNumber(value, `${what}: deltaCRLIndicator`);
    else if (oid === CRL_OID.issuingDistributionPoint)
      found.issuingDistributionPoint = readIssuingPoint(value, `${what}: issuingDistributionPoint`);
    else if (oid === CRL_OID.expiredCertsOnCRL)
      found.expiredCertsFromMs = readMoment(value, `${what}: expiredCertsOnCRL`);
    else if (critical) found.unknownCritical = [...found.unknownCritical, oid];
  }
  return found;
}

/** Puts together what an entry's extensions say; throws `der.*`. */
export function readEntryExtensions(list: readonly DecodedExtension[], what: string): EntryExtensions {
  const found: { -readonly [K in keyof EntryExtensions]: EntryExtensions[K] } = { ...NO_ENTRY_EXTENSIONS };
  for (const { extension } of list) {
    const { oid, critical, value } = extension;
    if (oid === CRL_OID.reasonCode) found.reason = readReason(value, `${what}: reasonCode`);
    else if (oid === CRL_OID.invalidityDate)
      found.invalidityMs = readMoment(value, `${what}: invalidityDate`);
    else if (oid === CRL_OID.certificateIssuer) found.otherIssuer = true;
    else if (critical) found.unknownCritical = [...found.unknownCritical, oid];
  }
  return found;
}

function readNumber(value: Uint8Array, what: string): bigint {
  const reader = new DerReader(value);
  const octets = reader.integer(what);
  reader.end(what);
  if (octets.length > 20 || (octets[0] as number) >= 0x80)
    throw derError("integer", what, 0, "it is from 0 on, in at most 20 octets (RFC 5280, 5.2.3)");
  return serialValue(octets);
}

function readReason(value: Uint8Array, what: string): CrlReason {
  const reader = new DerReader(value);
  const code = reader.smallInteger(what, TAG.enumerated);
  reader.end(what);
  const reason = reasonOf(code);
  if (reason === undefined) throw derError("reason", what, 0, `there is no reason ${code}`);
  return reason;
}

function readMoment(value: Uint8Array, what: string): number {
  const reader = new DerReader(value);
  const { epochMs, form } = readTime(reader, what);
  reader.end(what);
  if (form !== "generalized") throw derError("time", what, 0, "it is a GeneralizedTime");
  return epochMs;
}

function readIssuingPoint(value: Uint8Array, what: string): IssuingDistributionPoint {
  const sequence = readSequence(value, what);
  if (sequence.done) throw derError("empty", what, 0, "it says nothing (RFC 5280, 5.2.5)");
  const name = readPointName(sequence, what);
  const flag = (tag: number): boolean => {
    if (sequence.peek() !== tag) return false;
    const offset = sequence.offset;
    if (sequence.boolean(what, tag)) return true;
    throw derError("default", what, offset, "FALSE is the default and is not written in DER");
  };
  const user = flag(0x81);
  const ca = flag(0x82);
  const onlySomeReasons = sequence.peek() === 0x83;
  if (onlySomeReasons) sequence.bitString(`${what}.onlySomeReasons`, 0x83);
  const indirect = flag(0x84);
  const attribute = flag(0x85);
  sequence.end(what);
  const kinds = [user ? "user" : "", ca ? "ca" : "", attribute ? "attribute" : ""].filter(
    (kind) => kind !== "",
  );
  const [only] = kinds as ("user" | "ca" | "attribute")[];
  if (kinds.length > 1)
    throw derError("scope", what, 0, "it is about one kind of certificates alone, and about another alone");
  return { ...name, onlySomeReasons, indirect, ...(only === undefined ? {} : { only }) };
}
