import { SamicertsError } from "../base/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { RevocationRequest } from "../ledger/revocation.ts";
import { formatSerial } from "../x509/serial.ts";
import { type RevocationFacts, type RevokeDeps, revocationRequest } from "./revoke.ts";

/** One certificate of a list of those to be revoked. */
export interface RevocationRow extends RevocationFacts {
  /** Its place in the list, from 1. */
  readonly line: number;
  readonly serial: bigint;
}

/** A row that was refused; the others were revoked. */
export interface RefusedRow {
  readonly line: number;
  /** In decimal digits. */
  readonly serial: string;
  readonly error: SamicertsError;
}

/** What came of a list. */
export interface RevokedAll {
  readonly revoked: number;
  /** Those that were revoked already, for the same reason: by an earlier run for the same list. */
  readonly already: number;
  readonly refused: readonly RefusedRow[];
  /** Who issued those that were revoked, by their numbers in the ledger. */
  readonly issuers: readonly number[];
}

/** So many are revoked in one transaction: what a crash interrupts is taken up by the same list again. */
const CHUNK = 500;

/**
 * Revokes what is in a list, whoever of the vendor's authorities issued it; `factoryLine` names the line that did, where
 * serials alone don't tell. `told` is told how many rows are done. Throws `revocation.future`, `revocation.order` with the
 * line before anything is revoked; `ledger.*`.
 */
export function revokeAll(
  rows: readonly RevocationRow[],
  factoryLine: string | undefined,
  deps: RevokeDeps,
  told: (done: number) => void,
): RevokedAll {
  const { ledger, clock } = deps;
  const nowMs = clock.now();
  for (const row of rows) checkRow(row, nowMs);
  const issuers = issuersIn(ledger, factoryLine);
  let revoked = 0;
  let already = 0;
  const refused: RefusedRow[] = [];
  const touched = new Set<number>();
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = rows.slice(from, from + CHUNK);
    const asked: { readonly row: RevocationRow; readonly request: RevocationRequest }[] = [];
    for (const row of chunk) {
      const serial = row.serial.toString();
      try {
        asked.push({
          row,
          request: revocationRequest({ issuer: issuerOf(serial, issuers, ledger), serial }, row, nowMs),
        });
      } catch (error) {
        if (!(error instanceof SamicertsError)) throw error;
        refused.push({ line: row.line, serial, error });
      }
    }
    const outcomes = ledger.revocations.revoke(
      asked.map(({ request }) => request),
      nowMs,
    );
    for (const [index, outcome] of outcomes.entries()) {
      const { row, request } = asked[index] as (typeof asked)[number];
      const isDone = outcome.outcome === "revoked" || isSame(request, row, outcome.revocation);
      if (isDone) touched.add(request.issuer);
      if (outcome.outcome === "revoked") revoked++;
      else if (isDone) already++;
      else refused.push({ line: row.line, serial: request.serial, error: outcome.error });
    }
    told(Math.min(from + CHUNK, rows.length));
  }
  return { revoked, already, refused: refused.sort((a, b) => a.line - b.line), issuers: [...touched] };
}

/** Whether a certificate was revoked already as this row asks for: at another moment only where the row names none. */
function isSame(
  request: RevocationRequest,
  row: RevocationRow,
  there: { readonly reason: string; readonly revokedMs: number } | undefined,
): boolean {
  if (there === undefined || there.reason !== request.reason) return false;
  return row.atMs === undefined || row.atMs === there.revokedMs;
}

function checkRow(row: RevocationRow, nowMs: number): void {
  try {
    revocationRequest({ issuer: 0, serial: "1" }, row, nowMs);
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    const { kind, code, message, hint } = error;
    throw new SamicertsError({ kind, code, message: `line ${row.line}: ${message}`, hint, cause: error });
  }
}

function issuersIn(ledger: Ledger, factoryLine: string | undefined): readonly number[] {
  if (factoryLine === undefined) return ledger.issuers().map(({ id }) => id);
  const line = ledger.lines().find(({ name }) => name.toLowerCase() === factoryLine.toLowerCase());
  if (line?.issuer !== undefined) return [line.issuer];
  throw new SamicertsError({
    kind: "input",
    code: "line.unknown",
    message: `the ledger has no line ${factoryLine}`,
    hint: "check --line, or leave it out: the serials may tell",
  });
}

/** The one issuer that has used the serial; throws where there are several, or none. */
function issuerOf(serial: string, issuers: readonly number[], ledger: Ledger): number {
  const [only, ...more] =
    issuers.length === 1 ? issuers : issuers.filter((issuer) => ledger.find(issuer, serial) !== undefined);
  if (only !== undefined && more.length === 0) return only;
  const { decimal, hex } = formatSerial(BigInt(serial));
  throw new SamicertsError(
    only === undefined
      ? {
          kind: "input",
          code: "certificate.unknown",
          message: `the ledger has no certificate of serial ${decimal} (${hex})`,
          hint: "samicerts list shows those that it has",
        }
      : {
          kind: "input",
          code: "serial.ambiguous",
          message: `serial ${decimal} (${hex}) was used by ${more.length + 1} issuers`,
          hint: "name the line with --line",
        },
  );
}
