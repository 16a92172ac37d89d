import type { SamicertsError } from "../base/errors.ts";
import type { RevocationReason } from "../x509/crl-reason.ts";
import type { IssuerId, RowPlace } from "./ledger.ts";

/**
 * The part of a ledger that knows what was revoked. A revocation is for good; a hold (reason `certificateHold`) can be
 * released, or become a revocation.
 */
export interface Revocations {
  /**
   * Revokes certificates in one transaction; gives an outcome for each, in their order. What can't be revoked is refused
   * and does not keep the others from it: `revocation.duplicate` (kind `exists`) where it is revoked already, or on hold
   * and to be put on hold; `revocation.not-issued`, `revocation.root` (kind `input`).
   */
  revoke(requests: readonly RevocationRequest[], atMs: number): readonly RevocationOutcome[];
  /**
   * Takes a certificate off hold; gives what it was on hold for.
   * Throws `revocation.not-held` (kind `input`), and `revocation.final` (kind `exists`) where it is revoked for good.
   */
  release(place: RowPlace, atMs: number): Revocation;
  /** A page of what one issuer has revoked, in the order of `place`, after the place `after` (0 at first). */
  page(query: RevokedQuery): readonly RevokedRow[];
  /** How many certificates are revoked or on hold, over all issuers. */
  count(): number;
  /**
   * Takes the next number for an issuer's CRL, for good: greater than any that a CRL of this issuer's name was ever
   * given, and than `above`.
   */
  reserveCrl(issuer: IssuerId, atMs: number, above?: number): CrlReservation;
  /** Records a CRL whose file is durable. */
  publishCrl(reservation: CrlReservation, crl: PublishedCrl): void;
  /** The newest CRL of an issuer that was published. */
  lastCrl(issuer: IssuerId): CrlRow | undefined;
}

/** Why and since when a certificate is revoked. */
export interface Revocation {
  readonly reason: RevocationReason;
  /** Milliseconds since 1970, as are the others. */
  readonly revokedMs: number;
  /** Since when its key may be known to others, or it was not to be relied on for another reason. */
  readonly invalidFromMs?: number;
  /** When the ledger was told. */
  readonly recordedMs: number;
}

/** What is to be revoked. */
export interface RevocationRequest extends RowPlace, Omit<Revocation, "recordedMs"> {}

/** What came of one request. */
export type RevocationOutcome =
  | {
      readonly outcome: "revoked";
      readonly name: string;
      /** What it was on hold for until now. */
      readonly held?: Revocation;
    }
  | {
      readonly outcome: "refused";
      readonly error: SamicertsError;
      /** What it is revoked for already. */
      readonly revocation?: Revocation;
    };

/** Which revoked certificates to give. */
export interface RevokedQuery {
  readonly issuer: IssuerId;
  /** The place of the last one of the page before. */
  readonly after: number;
  readonly limit: number;
  /** Leaves out what ended before this moment and was on record before it, milliseconds since 1970. */
  readonly keptFromMs?: number;
}

/** A revoked certificate as a CRL needs it. */
export interface RevokedRow extends Revocation {
  readonly place: number;
  /** In decimal digits. */
  readonly serial: string;
}

/** A CRL number that was taken. */
export interface CrlReservation {
  readonly issuer: IssuerId;
  readonly number: number;
}

/** A CRL whose file is durable. */
export interface PublishedCrl {
  readonly atMs: number;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  readonly entries: number;
  /** SHA-256 of its DER. */
  readonly sha256: Uint8Array;
}

/** A CRL as the ledger knows it. */
export interface CrlRow extends PublishedCrl {
  readonly number: number;
}
