import type { BatchId } from "./batch.ts";
import type { IssuerId, Reservation } from "./ledger.ts";

/** What the ledger's record tells of. */
export const EVENT_KINDS = [
  "issuer-added",
  "issued",
  "renewed",
  "rekeyed",
  "root-replaced",
  "chunk-issued",
  "batch-begun",
  "batch-resumed",
  "batch-finished",
  "refused",
  "rows-refused",
  "revoked",
  "released",
  "crl-published",
  "key-unproved",
  "repaired",
] as const;

/** One kind of what the record tells of. */
export type EventKind = (typeof EVENT_KINDS)[number];

/** Something that was done, to be recorded for good; whoever writes the ledger's rows records those itself. */
export interface EventNote {
  readonly kind: EventKind;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly issuer?: IssuerId;
  readonly serial?: string;
  readonly batch?: BatchId;
  /** SHA-256 of what it is about: of the certificate, or of a chunk's certificates' SHA-256s in their order. */
  readonly digest?: Uint8Array;
  /** In words. */
  readonly detail?: string;
}

/** One line of the record; never changed, never removed. */
export interface EventRow extends EventNote {
  /** From 1, in the order in which they happened. */
  readonly id: number;
  /** SHA-256 over this line and the hash of the one before; absent where an older samicerts wrote it. */
  readonly hash?: Uint8Array;
}

/** Where the record ends. */
export interface EventEnd {
  /** Its newest line; undefined where there is none. */
  readonly last?: EventRow;
  /** The highest number that a line ever had. */
  readonly written: number;
}

/** What may be wrong with the record; stable, scripts may rely on it. */
export type RecordRule =
  | "audit.altered"
  | "audit.removed"
  | "audit.cut-off"
  | "audit.unchained"
  | "audit.unrecorded"
  | "audit.contradicted"
  | "audit.head-unknown";

/** One thing that is wrong with the record. */
export interface RecordFault {
  readonly rule: RecordRule;
  readonly message: string;
  /** The line that it was found at. */
  readonly event?: number;
}

/** What was looked at. */
export interface RecordTally {
  readonly events: number;
  /** The newest line; undefined where there is none. */
  readonly last?: EventRow;
}

/** What is recorded of a certificate that was issued outside of any batch, beside its digest. */
export function certificateIssued({ issuer, serial, name, succeeds }: Reservation): {
  kind: EventKind;
  issuer: IssuerId;
  serial: string;
  detail: string;
} {
  if (succeeds === undefined) return { kind: "issued", issuer, serial, detail: name };
  const detail = `${name}, in place of ${succeeds.serial}`;
  return { kind: succeeds.sameKey ? "renewed" : "rekeyed", issuer, serial, detail };
}

/** The kinds of event that tell of one certificate. */
export const CERTIFICATE_EVENTS: ReadonlySet<EventKind> = new Set<EventKind>([
  "issued",
  "renewed",
  "rekeyed",
]);

/** What is recorded of a chunk that was issued, beside its digest. */
export function chunkIssued(count: number, lastLine: number): { kind: "chunk-issued"; detail: string } {
  return { kind: "chunk-issued", detail: `${count} certificates, up to line ${lastLine}` };
}

/** What is recorded of rows of a batch that were refused. */
export function rowsRefused(count: number, lastLine: number): { kind: "rows-refused"; detail: string } {
  return { kind: "rows-refused", detail: `${count} rows refused, up to line ${lastLine}` };
}

/** The number of certificates and the last line that a chunk's event tells; undefined where it tells none. */
export function readChunk(
  event: EventNote,
): { readonly count: number; readonly lastLine: number } | undefined {
  const found = /^([0-9]{1,15}) certificates, up to line ([0-9]{1,15})$/.exec(event.detail ?? "");
  return found === null ? undefined : { count: Number(found[1]), lastLine: Number(found[2]) };
}
