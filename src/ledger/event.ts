import type { BatchId } from "./batch.ts";
import type { IssuerId } from "./ledger.ts";

/** What the ledger's record tells of. */
export type EventKind =
  | "issuer-added"
  | "issued"
  | "chunk-issued"
  | "batch-begun"
  | "batch-resumed"
  | "batch-finished"
  | "refused"
  | "repaired";

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
}
