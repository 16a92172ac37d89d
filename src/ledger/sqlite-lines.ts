import type { LineClaim, LineRow, SerialRange } from "./factory-line.ts";
import { isWithin } from "./factory-line.ts";
import type { IssuerId, RowPlace } from "./ledger.ts";
import { checkClaim, serialOutsideLine } from "./line-refusals.ts";
import type { SqlValue } from "./sqlite-connection.ts";
import { toRow } from "./sqlite-find.ts";
import type { StoredRow } from "./sqlite-row.ts";
import { SQL } from "./sqlite-statements.ts";
import type { SqliteStore } from "./sqlite-store.ts";

interface StoredRange {
  readonly serial_from: string | null;
  readonly serial_to: string | null;
}

interface StoredLine extends StoredRow, StoredRange {
  readonly line_name: string;
  readonly line_issuer: number | null;
}

/** As Ledger.lines. */
export function readLines(store: SqliteStore): readonly LineRow[] {
  return store.all<StoredLine>(SQL.lines).map((stored) => ({
    name: stored.line_name,
    ...rangeOf(stored),
    ...(stored.line_issuer === null ? {} : { issuer: stored.line_issuer }),
    certificate: toRow(store, stored),
  }));
}

/** The serials that an issuer is bound to; undefined where it is no line, or one that may use any. */
export function boundsOf(store: SqliteStore, issuer: IssuerId): Required<LineClaim> | undefined {
  const stored = store.get<StoredRange & { readonly name: string }>(SQL.lineOf, issuer);
  const { serials } = stored === undefined ? {} : rangeOf(stored);
  return stored === undefined || serials === undefined ? undefined : { name: stored.name, serials };
}

/** Throws `serial.outside-line` where the issuer is a line that may not use the serial. */
export function checkBounds(store: SqliteStore, { issuer, serial }: RowPlace): void {
  const bounds = boundsOf(store, issuer);
  if (bounds !== undefined && !isWithin(serial, bounds.serials)) throw serialOutsideLine(serial, bounds);
}

/** Claims a line for a reservation that was just made, within its transaction; throws as `checkClaim`. */
export function claimLine(store: SqliteStore, place: RowPlace, claim: LineClaim): void {
  checkClaim(claim, readLines(store));
  store.run(SQL.addLine, ...keyOf(place), claim.name, ...valuesOf(claim));
}

/** Gives a line whose making was cut off the serials that are asked for now; throws as `checkClaim`. */
export function reclaimLine(store: SqliteStore, place: RowPlace, claim: LineClaim): void {
  const others = readLines(store).filter(
    ({ certificate }) => certificate.issuer !== place.issuer || certificate.serial !== place.serial,
  );
  checkClaim(claim, others);
  store.run(SQL.setLineSerials, ...keyOf(place), ...valuesOf(claim));
}

/** Makes the line that a certificate belongs to an issuer; false where it belongs to none. */
export function openLine(store: SqliteStore, place: RowPlace, issuer: () => IssuerId): boolean {
  const line = readLines(store).find(
    ({ certificate }) => certificate.issuer === place.issuer && certificate.serial === place.serial,
  );
  if (line === undefined) return false;
  store.run(SQL.setLineIssuer, ...keyOf(place), issuer());
  return true;
}

/** Gives up the claim of a reservation that is about to be released, where it has one. */
export function dropClaim(store: SqliteStore, place: RowPlace): void {
  store.run(SQL.dropLine, ...keyOf(place));
}

function keyOf({ issuer, serial }: RowPlace): readonly [SqlValue, SqlValue, SqlValue] {
  return [issuer, serial, serial];
}

function valuesOf({ serials }: LineClaim): readonly SqlValue[] {
  return [serials?.from ?? null, serials?.to ?? null];
}

function rangeOf({ serial_from: from, serial_to: to }: StoredRange): { readonly serials?: SerialRange } {
  return from === null || to === null ? {} : { serials: { from, to } };
}
