import type { SamicertsError } from "../base/errors.ts";
import type { IssuedColumns } from "./issued-columns.ts";
import type { IssuerId } from "./ledger.ts";

/** A batch's number within one ledger, from 1. */
export type BatchId = number;

/** What makes two runs the same batch, so that the second continues the first. */
export interface BatchIdentity {
  readonly issuer: IssuerId;
  /** SHA-256 of the input in lower-case hex: of its bytes, or of a range's words. */
  readonly inputDigest: string;
  /** Where the certificates go, as an absolute path; something that names the stream where it is one. */
  readonly output: string;
  /** SHA-256 of the policy as it is in force, lower-case hex. */
  readonly policyDigest: string;
}

/** A batch as it is asked for. */
export interface BatchRequest extends BatchIdentity {
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** How far a batch has come: everything in it is durable. */
export interface BatchProgress {
  /** Certificates committed. */
  readonly issued: number;
  /** Rows refused, as the commits told. */
  readonly refused: number;
  /** The last input row (BatchRow.line) that is done with; 0 before the first. */
  readonly lastLine: number;
  /** Octets of the output that belong to what is committed; 0 before the first commit. */
  readonly outputLength: number;
  /** The same of the manifest. */
  readonly manifestLength: number;
}

/** A batch that this process has open. */
export interface Batch extends BatchIdentity {
  readonly id: BatchId;
  /** True where an earlier run began it. */
  readonly resumed: boolean;
  /** When it was begun, milliseconds since 1970. */
  readonly begunMs: number;
  /** As it stood when it was opened. */
  readonly progress: BatchProgress;
  /** Where it was finished already: when, and the summary given then. Nothing is left to do. */
  readonly finished?: { readonly atMs: number; readonly summary: string };
}

/** A row of the input that is to have a serial. */
export interface ChunkRow {
  /** The row's place in the input; two rows of one batch never share it. */
  readonly line: number;
  /** The serial number in decimal digits. */
  readonly serial: string;
  /** Who the certificate is for. */
  readonly name: string;
  /** SHA-256 of the SubjectPublicKeyInfo where the row brings its key: a key used before is refused now, not at commit. */
  readonly spkiSha256?: Uint8Array;
}

/** What became of a row that asked for a serial. */
export type RowOutcome =
  /** To be signed. `takenOver`: a run that is gone had it, and in a directory its files may be there. */
  | { readonly outcome: "reserved"; readonly takenOver: boolean }
  /** An earlier run of this batch has issued it, for this very line: nothing to do. */
  | { readonly outcome: "issued" }
  /** `serial.duplicate` or `key.duplicate`, with what to tell the person. */
  | { readonly outcome: "refused"; readonly error: SamicertsError };

/** A chunk's end: what is durable in the output and is now committed with it, all or nothing. */
export interface ChunkCommit {
  /** Certificates of rows that were reserved. */
  readonly issued: IssuedColumns;
  /** Serials reserved in vain, with nothing signed under them left anywhere: they are free again. */
  readonly released?: readonly string[];
  /** Rows refused since the last commit, by whoever refused them. */
  readonly refused?: number;
  /** The last input row that is done with; all before it are too. */
  readonly lastLine: number;
  /** The output's length in octets up to and with this chunk. */
  readonly outputLength: number;
  /** The manifest's; unchanged where absent. */
  readonly manifestLength?: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** A batch as the ledger tells of it. */
export interface BatchRow extends BatchIdentity {
  readonly id: BatchId;
  readonly begunMs: number;
  readonly progress: BatchProgress;
  readonly finished?: { readonly atMs: number; readonly summary: string };
  /** Not finished, and the process that had it is gone. */
  readonly abandoned: boolean;
}

/** A row that a batch has reserved or issued, as it stood in the input. */
export interface BatchLine {
  readonly line: number;
  readonly serial: string;
  readonly name: string;
}
