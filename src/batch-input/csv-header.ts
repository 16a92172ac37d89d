import type { SamicertsError } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";
import { inputError } from "./input-error.ts";
import { COLUMNS } from "./row-texts.ts";

/** What a CSV's columns may be. */
export interface CsvColumns {
  /** In the order in which records have them. */
  readonly names: readonly string[];
  readonly needed: readonly string[];
  /** Columns that say nothing here, and may be there all the same. */
  readonly passedOver?: ReadonlySet<string>;
}

/** The columns of a batch's devices. */
export const DEVICE_COLUMNS: CsvColumns = { names: COLUMNS, needed: ["serial", "name"] };

const SHOWN = 40;

/**
 * Reads a CSV's first record: for each column which one it is, as an index into `known.names`, or -1 for one that is passed
 * over. Case does not count. Throws `input.unknown-column`, `input.duplicate-column`, `input.missing-column`, without the place in front.
 */
export function readHeader(names: readonly string[], known: CsvColumns): readonly number[] {
  const columns = names.map((name) => {
    const column = known.names.indexOf(name.toLowerCase());
    if (column < 0 && known.passedOver?.has(name.toLowerCase()) !== true)
      throw unknownColumn(name, names, known);
    return column;
  });
  for (const [index, column] of columns.entries())
    if (column >= 0 && columns.indexOf(column) !== index)
      throw inputError(
        "duplicate-column",
        `the column ${known.names[column]} is there twice`,
        "keep one of the two, and its values in every line",
      );
  const missing = known.needed.find((column) => !columns.includes(known.names.indexOf(column)));
  if (missing !== undefined)
    throw inputError(
      "missing-column",
      `there is no column ${missing}`,
      `${example(known)}${known.needed.length > 1 ? "; both are needed" : ""}`,
    );
  return columns;
}

function example({ needed }: CsvColumns): string {
  return `the first line names the columns, as in ${needed.join(",")}`;
}

function unknownColumn(name: string, names: readonly string[], known: CsvColumns): SamicertsError {
  const shown = JSON.stringify(name.length > SHOWN ? `${name.slice(0, SHOWN)}...` : name);
  const message = name === "" ? "a column has no name" : `the column ${shown} is unknown`;
  return inputError("unknown-column", message, hintFor(name, names, known));
}

function separatorIn(name: string): string {
  if (name.includes(";")) return "semicolons";
  return name.includes("\t") ? "tabs" : "bars";
}

function hintFor(name: string, names: readonly string[], known: CsvColumns): string {
  if (name.includes("\0"))
    return "the file seems to be in UTF-16, or not to be text at all: save it as CSV in UTF-8";
  if (name.includes("\r")) return "the lines end in CR alone: save the file with LF or CRLF";
  if (name.startsWith("-----BEGIN "))
    return `this is PEM and no list: ${example(known)}, and each line after it is a device`;
  if (name.startsWith("[")) return "this looks like a JSON array: write one object a line instead (NDJSON)";
  if (names.length === 1 && /[;\t|]/.test(name))
    return `the values seem to be separated by ${separatorIn(name)}: use commas`;
  if (names.some((each) => /^[0-9]+$/.test(each)))
    return `${example(known)}; this one seems to be a device's already`;
  const near = nearestWord(name, known.names);
  return near === undefined ? `the columns are ${known.names.join(", ")}` : `did you mean ${near}?`;
}
