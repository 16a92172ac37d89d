import type { Ledger } from "../ledger/ledger.ts";
import type { ListedRow, ListFilter } from "../ledger/listing.ts";
import { formatSerial } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";
import { type ToldRevocation, tellRevocation } from "./revoke.ts";
import type { SerialForms } from "./summary.ts";

/** What of the ledger is to be listed. */
export interface ListInput {
  readonly filter: ListFilter;
  /** At most so many rows; all of them where absent. */
  readonly limit?: number;
  /** Goes on after this: the `next` of an earlier listing with the same filter. */
  readonly after?: string;
}

/** One serial as a person or a script reads it; moments are RFC 3339 in UTC, digests lower-case hex. */
export interface ListedCertificate {
  readonly serial: SerialForms;
  readonly name: string;
  readonly state: "issued" | "reserved" | "abandoned" | "revoked" | "on hold";
  /** The issuer's DN. */
  readonly issuer: string;
  readonly reserved: string;
  readonly batch?: number;
  /** The row's place in the batch's input. */
  readonly line?: number;
  /** The decimal serial of the certificate that it renews. */
  readonly renews?: string;
  /** The decimal serial of the certificate whose place it takes, with another key. */
  readonly replaces?: string;
  readonly issued?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** Whole days from now until it ends, negative afterwards. */
  readonly daysLeft?: number;
  /** Why it is revoked or on hold, and since when. */
  readonly revocation?: ToldRevocation;
  readonly sha256?: string;
  readonly spkiSha256?: string;
}

/** A listing that is read while it is printed: a million rows are never held at once. */
export interface Listing {
  readonly rows: Iterable<ListedCertificate>;
  /** Once the rows are read: where a further listing goes on; undefined where there are no more. */
  next(): string | undefined;
}

/** So many rows are asked for at once; between two pages others may write. */
const PAGE_ROWS = 1000;
const DAY_MS = 86_400_000;

/** Lists what the ledger holds; `nowMs` is what the days left count from. Throws `list.bad-after`, `ledger.*`. */
export function listCertificates(input: ListInput, ledger: Ledger, nowMs: number): Listing {
  let next: string | undefined;
  const first = page(input.after, input.limit ?? PAGE_ROWS);

  function page(after: string | undefined, left: number): ReturnType<Ledger["list"]> {
    return ledger.list(input.filter, {
      limit: Math.min(left, PAGE_ROWS),
      ...(after === undefined ? {} : { after }),
    });
  }

  function* rows(): Generator<ListedCertificate> {
    let left = input.limit ?? Number.POSITIVE_INFINITY;
    for (let current = first; ; current = page(next, left)) {
      next = current.next;
      for (const row of current.rows) yield describe(row, nowMs);
      left -= current.rows.length;
      if (next === undefined || left <= 0) return;
    }
  }

  return { rows: rows(), next: () => next };
}

function describe(row: ListedRow, nowMs: number): ListedCertificate {
  const { batch, line, renews, replaces, issuedMs, notBeforeMs, notAfterMs, certificateSha256, spkiSha256 } =
    row;
  return {
    serial: formatSerial(BigInt(row.serial)),
    name: row.name,
    state: stateOf(row),
    issuer: row.issuerSubject,
    reserved: formatTime(row.reservedMs),
    ...(batch === undefined ? {} : { batch }),
    ...(line === undefined ? {} : { line }),
    ...(renews === undefined ? {} : { renews }),
    ...(replaces === undefined ? {} : { replaces }),
    ...(issuedMs === undefined ? {} : { issued: formatTime(issuedMs) }),
    ...(notBeforeMs === undefined ? {} : { notBefore: formatTime(notBeforeMs) }),
    ...(notAfterMs === undefined
      ? {}
      : { notAfter: formatTime(notAfterMs), daysLeft: Math.floor((notAfterMs - nowMs) / DAY_MS) }),
    ...(row.revocation === undefined ? {} : { revocation: tellRevocation(row.revocation) }),
    ...(certificateSha256 === undefined ? {} : { sha256: certificateSha256 }),
    ...(spkiSha256 === undefined ? {} : { spkiSha256 }),
  };
}

function stateOf({ abandoned, state, revocation }: ListedRow): ListedCertificate["state"] {
  if (revocation === undefined) return abandoned ? "abandoned" : state;
  return revocation.reason === "certificateHold" ? "on hold" : "revoked";
}
