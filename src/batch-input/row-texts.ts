import type { SamicertsError } from "../base/errors.ts";

/** What a record may say of a device, in the order in which `RowTexts` has it. */
export const COLUMNS = ["serial", "name", "csr", "days", "key", "san"] as const;

/** One of a record's columns. */
export type Column = (typeof COLUMNS)[number];

/** A record's values as they were written, by `COLUMNS`; empty or undefined where it says nothing. */
export type RowTexts = readonly (string | undefined)[];

/** A record that can't be read as one. */
export interface BadRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly raw: string;
  /** Present where it is not UTF-8. */
  readonly rawBytes?: Uint8Array;
  /** True where it is too long and `raw` is its beginning. */
  readonly truncated?: true;
  /** Without the place in front. */
  readonly error: SamicertsError;
}

/** Who is told of an input's records. */
export interface RecordSink {
  record(texts: RowTexts, raw: string, line: number): void;
  bad(record: BadRecord): void;
}
