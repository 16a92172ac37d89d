import type { EventKind, EventRow, RecordFault, RecordTally } from "../ledger/event.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { formatSerial } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";
import type { SerialForms } from "./summary.ts";

/** Which lines of the record to show; what is absent does not matter. */
export interface AuditFilter {
  /** Any of these. */
  readonly kinds?: readonly string[];
  /** In decimal digits. */
  readonly serial?: string;
  readonly batch?: number;
  /** From this moment on, and up to that, milliseconds since 1970. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** What of the record is to be shown. */
export interface AuditInput {
  readonly filter: AuditFilter;
  /** At most so many lines; all of them where absent. */
  readonly limit?: number;
  /** Only the last so many of them. */
  readonly last?: number;
  /** Goes on after the line of this number. */
  readonly after?: number;
}

/** One line as a person or a script reads it; moments are RFC 3339 in UTC, digests and hashes lower-case hex. */
export interface AuditEvent {
  readonly id: number;
  readonly at: string;
  readonly kind: EventKind;
  /** The issuer's DN. */
  readonly issuer?: string;
  readonly serial?: SerialForms;
  readonly batch?: number;
  readonly digest?: string;
  readonly detail?: string;
  readonly hash?: string;
}

/** Lines that are read while they are printed. */
export interface AuditLines {
  readonly events: Iterable<AuditEvent>;
  /** Once they are read: the number to go on after; undefined where there are no more. */
  next(): number | undefined;
}

/** What of the record was looked at. */
export type AuditTally = RecordTally;

/** What is wrong with the record, and what to do. */
export interface AuditFault extends RecordFault {
  readonly hint: string;
}

const PAGE_ROWS = 1000;

/** Reads the ledger's record; throws `ledger.*`. */
export function readAudit(input: AuditInput, ledger: Ledger): AuditLines {
  const issuers = new Map(ledger.issuers().map(({ id, subject }) => [id, subject]));
  let next: number | undefined;

  function* matching(): Generator<EventRow> {
    for (let after = input.after ?? 0; ; ) {
      const rows = ledger.events(after, PAGE_ROWS);
      for (const row of rows) if (matches(row, input.filter)) yield row;
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  function* events(): Generator<AuditEvent> {
    const { last, limit = Number.POSITIVE_INFINITY } = input;
    if (last !== undefined) {
      for (const row of lastOf(matching(), last)) yield told(row, issuers);
      return;
    }
    let shown: EventRow | undefined;
    let count = 0;
    for (const row of matching()) {
      if (count === limit) {
        next = shown?.id;
        return;
      }
      yield told(row, issuers);
      shown = row;
      count++;
    }
  }

  return { events: events(), next: () => next };
}

/** Finds what was done to the record from outside; `head` is a hash that was kept elsewhere. Throws `ledger.*`. */
export function* verifyAudit(
  ledger: Ledger,
  head: Uint8Array | undefined,
): Generator<AuditFault, AuditTally> {
  const found = ledger.checkRecord(head);
  for (;;) {
    const step = found.next();
    if (step.done === true) return step.value;
    yield { ...step.value, hint: HINT };
  }
}

const HINT =
  "the ledger's file was written by something else than samicerts: find out by what, and compare with your backups";

function matches(row: EventRow, filter: AuditFilter): boolean {
  const { kinds, serial, batch, sinceMs, untilMs } = filter;
  if (kinds !== undefined && !kinds.includes(row.kind)) return false;
  if (serial !== undefined && row.serial !== serial) return false;
  if (batch !== undefined && row.batch !== batch) return false;
  if (sinceMs !== undefined && row.atMs < sinceMs) return false;
  return untilMs === undefined || row.atMs <= untilMs;
}

function lastOf(rows: Iterable<EventRow>, count: number): readonly EventRow[] {
  const kept: EventRow[] = [];
  for (const row of rows) {
    kept.push(row);
    if (kept.length > 2 * count) kept.splice(0, count);
  }
  return kept.slice(-count);
}

function told(row: EventRow, issuers: ReadonlyMap<number, string>): AuditEvent {
  const { id, atMs, kind, serial, batch, digest, detail, hash } = row;
  const issuer = row.issuer === undefined ? undefined : issuers.get(row.issuer);
  return {
    id,
    at: formatTime(atMs),
    kind,
    ...(issuer === undefined ? {} : { issuer }),
    ...(serial === undefined ? {} : { serial: serialForms(serial) }),
    ...(batch === undefined ? {} : { batch }),
    ...(digest === undefined ? {} : { digest: hex(digest) }),
    ...(detail === undefined ? {} : { detail }),
    ...(hash === undefined ? {} : { hash: hex(hash) }),
  };
}

/** What is no serial may stand there all the same: the record is looked at because somebody may have written in it. */
function serialForms(serial: string): SerialForms {
  if (/^[0-9]{1,49}$/.test(serial)) return formatSerial(BigInt(serial));
  return { decimal: serial, hex: serial, lastFour: serial.slice(-4) };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
