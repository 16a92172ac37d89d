import { isWithin, type LineClaim, type LineRow } from "./factory-line.ts";
import type { IssuerId, LedgerRow, RowPlace } from "./ledger.ts";
import { checkClaim, serialOutsideLine } from "./line-refusals.ts";
import { type Entry, type LineEntry, type MemoryState, placeOf } from "./memory-state.ts";

/** As Ledger.lines. */
export function memoryLines(state: MemoryState, toRow: (entry: Entry) => LedgerRow): readonly LineRow[] {
  return state.lines.flatMap(({ place, ...line }) => {
    const entry = state.rows.get(place);
    return entry === undefined ? [] : [{ ...line, certificate: toRow(entry) }];
  });
}

/** The line that an issuer is, where it may use certain serials only. */
export function memoryBounds(state: MemoryState, issuer: IssuerId): Required<LineClaim> | undefined {
  const line = state.lines.find((one) => one.issuer === issuer);
  return line?.serials === undefined ? undefined : { name: line.name, serials: line.serials };
}

/** Throws `serial.outside-line` where the issuer is a line that may not use the serial. */
export function checkMemoryBounds(state: MemoryState, { issuer, serial }: RowPlace): void {
  const bounds = memoryBounds(state, issuer);
  if (bounds !== undefined && !isWithin(serial, bounds.serials)) throw serialOutsideLine(serial, bounds);
}

/** Claims a line for a reservation, or claims it anew; throws as `checkClaim`. */
export function claimMemoryLine(state: MemoryState, at: RowPlace, claim: LineClaim): void {
  const place = placeOf(at);
  const others = state.lines.filter((one) => one.place !== place);
  checkClaim(claim, others);
  const line: LineEntry = { ...claim, place };
  const known = state.lines.findIndex((one) => one.place === place);
  if (known === -1) state.lines.push(line);
  else state.lines[known] = line;
}

/** Makes the line of a certificate an issuer, where it has one. */
export function openMemoryLine(state: MemoryState, at: RowPlace, issuer: () => IssuerId): void {
  const index = state.lines.findIndex((one) => one.place === placeOf(at));
  const line = state.lines[index];
  if (line !== undefined && line.issuer === undefined) state.lines[index] = { ...line, issuer: issuer() };
}

/** Gives up the claim of a reservation, where it has one. */
export function dropMemoryLine(state: MemoryState, at: RowPlace): void {
  const index = state.lines.findIndex((one) => one.place === placeOf(at));
  if (index !== -1) state.lines.splice(index, 1);
}
