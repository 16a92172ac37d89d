import type { BatchId } from "./batch.ts";
import type { CertificateState, IssuerId } from "./ledger.ts";
import type { Revocation } from "./revocation.ts";

/** Which certificates to list; what is absent does not matter. Several are joined by "and". */
export interface ListFilter {
  readonly issuer?: IssuerId;
  readonly state?: CertificateState;
  /** Only what is revoked or on hold, or only what is not. */
  readonly revoked?: boolean;
  readonly batch?: BatchId;
  /** A glob where `*`, `?` or `[` is in it (SQLite's GLOB), else the beginning of the name; upper and lower case differ. */
  readonly name?: string;
  /** Ends at this moment or earlier, milliseconds since 1970. */
  readonly expiresUntilMs?: number;
  /** Ends at this moment or later: leaves out what has expired before. */
  readonly expiresFromMs?: number;
  /** The least and the greatest serial, decimal digits, both included; compared as numbers. */
  readonly serialFrom?: string;
  readonly serialTo?: string;
}

/** One page of a listing. */
export interface ListPage {
  /** At most so many rows. */
  readonly limit: number;
  /** Goes on after this: the `next` of the page before, with the same filter. */
  readonly after?: string;
  /** Fetch the DER too. */
  readonly withDer?: boolean;
}

/**
 * A page's rows: by issuer and then by serial as a number, unless the filter has no range of serials and names
 * a batch (by input line), or a time of expiry (by that), or a name (by name), or what is revoked (by when it was).
 */
export interface Listed {
  readonly rows: readonly ListedRow[];
  /** Where the next page goes on; undefined where this one is the last. */
  readonly next?: string;
}

/** One serial of one issuer in a listing. */
export interface ListedRow {
  readonly issuer: IssuerId;
  /** The issuer's DN in words. */
  readonly issuerSubject: string;
  readonly serial: string;
  readonly name: string;
  readonly state: CertificateState;
  readonly batch?: BatchId;
  /** The row's place in the batch's input. */
  readonly line?: number;
  /** The serial of the earlier certificate that this one renews. */
  readonly renews?: string;
  /** The serial of the earlier certificate that this one takes the place of, with another key. */
  readonly replaces?: string;
  /** The device keeps its key to itself: it came with a request. */
  readonly keyElsewhere?: true;
  /** Milliseconds since 1970, as are the others. */
  readonly reservedMs: number;
  /** Reserved by a process that is gone. */
  readonly abandoned: boolean;
  /** Present where it was issued. */
  readonly issuedMs?: number;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** SHA-256 of the certificate and of its SubjectPublicKeyInfo, lower-case hex. */
  readonly certificateSha256?: string;
  readonly spkiSha256?: string;
  /** Present where it is revoked or on hold. */
  readonly revocation?: Revocation;
  /** Where it was asked for. */
  readonly der?: Uint8Array;
}
