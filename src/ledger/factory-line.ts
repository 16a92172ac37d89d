import type { IssuerId, LedgerRow } from "./ledger.ts";

/** Serials from one to another, decimal digits, both included. */
export interface SerialRange {
  readonly from: string;
  readonly to: string;
}

/** A factory line as it is asked for: an issuer of its own under the root. */
export interface LineClaim {
  /** What it is called, and its directory; upper and lower case are the same. */
  readonly name: string;
  /** The only serials that it may use; any where absent. */
  readonly serials?: SerialRange;
}

/** A factory line as the ledger knows it. */
export interface LineRow extends LineClaim {
  /** As which it issues; absent while its certificate is being made. */
  readonly issuer?: IssuerId;
  /** Its first certificate, or what is reserved for it. */
  readonly certificate: LedgerRow;
}

/** Less than, equal to or greater than 0 as `a` is to `b`; both decimal digits without zeros in front. */
export function compareSerials(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a serial lies in a range. */
export function isWithin(serial: string, { from, to }: SerialRange): boolean {
  return compareSerials(serial, from) >= 0 && compareSerials(serial, to) <= 0;
}

/** Whether two ranges have a serial in common. */
export function overlaps(a: SerialRange, b: SerialRange): boolean {
  return compareSerials(a.from, b.to) <= 0 && compareSerials(b.from, a.to) <= 0;
}
