import { SamicertsError } from "../base/errors.ts";
import type { BatchLine, BatchRow } from "../ledger/batch.ts";
import type { BatchInput } from "./batch-row.ts";

/** How a batch came to too many refused rows. */
export interface TooMany {
  readonly refused: number;
  readonly most: number;
  /** Devices that are made; absent where nothing was begun. */
  readonly made?: number;
  readonly first: SamicertsError | undefined;
}

/** The error for a batch of which more rows are refused than may be. */
export function tooManyErrors({ refused, most, made, first }: TooMany): SamicertsError {
  const done =
    made === undefined ? "nothing was made" : `${made === 1 ? "1 device is" : `${made} devices are`} made`;
  return new SamicertsError({
    kind: "input",
    code: "batch.too-many-errors",
    message:
      `${refused === 1 ? "1 row is" : `${refused} rows are`} refused, more than the ${most} of --max-errors: ${done}` +
      (first === undefined ? "" : `; the first: ${first.message}`),
    hint:
      made === undefined
        ? "mend the input and run the same command again; --dry-run tells of every row"
        : "the same command with a greater --max-errors goes on; --rejects takes the refused rows, to be mended and run by themselves",
  });
}

/** The error for an input of which no row can be issued. */
export function allRefused(input: BatchInput, refused: number, first: SamicertsError): SamicertsError {
  const which = refused === 1 ? "its only row is" : `all of its ${refused} rows are`;
  return new SamicertsError({
    kind: "input",
    code: "batch.all-refused",
    message: `${input.name}: ${which} refused, nothing was made; the first: ${first.message}`,
    hint: refused === 1 ? first.hint : `${first.hint}; --dry-run tells of every row, and fills --rejects`,
  });
}

/** What a batch that is asked for has that may be another than a batch's in the ledger. */
export type AskedBatch = Pick<BatchRow, "output" | "policyDigest"> & { readonly issuer: number | undefined };

/** The error for an output that a batch which was cut off, and is not the one that is asked for, was writing. */
export function outputOfAnother(other: BatchRow, asked: AskedBatch): SamicertsError {
  const begun =
    other.issuer !== asked.issuer
      ? "by another issuer"
      : other.policyDigest !== asked.policyDigest
        ? "under another policy"
        : "with another input, or another --key, --attribute or validity";
  return new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message: `${asked.output} exists already: batch ${other.id}, which was cut off, was writing it, and was begun ${begun}`,
    hint: "finish that batch with all as it was then; or choose another --out",
  });
}

/** The error for a stream that lacks a row which its batch had before it was cut off. */
export function rowsChanged({ line, serial, name }: BatchLine): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "input.changed",
    message: `the input is not the one that this batch was begun with: in line ${line} was the serial ${serial}, for ${JSON.stringify(name)}`,
    hint: "give the rows again as they were, which finishes the batch; or choose another --out",
  });
}
