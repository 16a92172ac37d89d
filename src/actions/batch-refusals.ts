import { SamicertsError } from "../base/errors.ts";
import type { BatchInput } from "./batch-row.ts";

/** The error for a batch of which more rows are refused than may be. */
export function tooManyErrors(
  refused: number,
  most: number,
  done: string,
  first: SamicertsError | undefined,
): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "batch.too-many-errors",
    message:
      `${refused === 1 ? "1 row is" : `${refused} rows are`} refused, more than the ${most} of --max-errors: ${done}` +
      (first === undefined ? "" : `; the first: ${first.message}`),
    hint: "mend the input and run the same command again; --dry-run tells of every row",
  });
}

/** The error for an input of which no row can be issued. */
export function allRefused(input: BatchInput, refused: number, first: SamicertsError): SamicertsError {
  const which = refused === 1 ? "its only row is" : `all of its ${refused} rows are`;
  return new SamicertsError({
    kind: "input",
    code: "batch.all-refused",
    message: `${input.name}: ${which} refused, nothing was made; the first: ${first.message}`,
    hint: first.hint,
  });
}
