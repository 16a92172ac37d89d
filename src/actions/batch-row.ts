import type { SamicertsError } from "../base/errors.ts";
import type { KeySpec } from "../x509/algorithms.ts";

/** One device that a batch is to make, as its input says it: read, checked, and unique in that input. */
export interface BatchRow {
  /** Where its record begins in the input, from 1; in a range the row's number, from 1. */
  readonly line: number;
  /** The record as it was written, without its line end; absent for a range, which has none. */
  readonly raw?: string;
  readonly serial: bigint;
  readonly name: string;
  /** Absent, as the following, where the batch's own setting holds. */
  readonly key?: KeySpec;
  /** Days of validity, a whole number above 0. */
  readonly days?: number;
  /** Only where the reader was told that requests are supported; otherwise such a row is refused. */
  readonly csr?: string;
  /** Only where the reader was told that alternative names are supported; otherwise such a row is refused. */
  readonly san?: string;
}

/** A row that can't be issued, and why. */
export interface RejectedRow {
  /** Where its record begins in the input, from 1. */
  readonly line: number;
  /** The record as it was written, to be shown; at most 64 KB of it. */
  readonly raw?: string;
  /** The record's octets, where `raw` does not say them exactly: it is not UTF-8. */
  readonly rawBytes?: Uint8Array;
  /** True where the record is longer than 64 KB, so that `raw` is its beginning only. */
  readonly truncated?: true;
  /** Its message names the input and the line. */
  readonly error: SamicertsError;
}

/** What walking a whole input found. */
export interface InputCount {
  /** Rows that can be issued, as far as the input itself tells. */
  readonly rows: number;
  readonly rejected: number;
}

/** Where a batch's rows come from. One record after the other is read, in constant memory; none is held. */
export interface BatchInput {
  /** What it is called in messages: the file's path, `standard input`, `the range`. */
  readonly name: string;
  /**
   * What identifies it for resuming: SHA-256 in lower-case hex of a file's bytes or of a range's words, and the word
   * `stdin` for a stream, which nobody knows before its end.
   */
  readonly digest: string;
  /** The records in it, the rejected ones among them; undefined until they have been counted. */
  readonly total: number | undefined;
  /** False for a stream, which can be walked once only, so that it can't be checked beforehand. */
  readonly repeatable: boolean;
  /** How its records are written; `--rejects` writes the same. */
  readonly format: InputFormat;
  /** A CSV's first record as it was written. */
  readonly header?: string;
  /**
   * Walks the whole input once, before anything is signed: gives the rows piece by piece, the rejected ones among them,
   * and at the end how many there are. Afterwards `total` is known. Throws as `rows` does, and RangeError for a stream.
   */
  check(): Generator<readonly (BatchRow | RejectedRow)[], InputCount>;
  /** Waits until a first row can be read, which `rows` gives all the same; throws as `rows` does where there is none. */
  waitForRow(): Promise<void>;
  /**
   * The rows in the input's order, the rejected ones among them. Throws (kind `input`) where reading can't go on:
   * `input.unclosed-quote`, `input.no-rows`, `input.changed`; and `io.*`.
   */
  rows(): AsyncIterable<BatchRow | RejectedRow>;
}

/** How a batch's input is written. */
export type InputFormat = "csv" | "ndjson" | "range";

/** Tells a rejected row from one to be issued. */
export function isRejected(row: BatchRow | RejectedRow): row is RejectedRow {
  return "error" in row;
}
