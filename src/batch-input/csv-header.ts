import type { SamicertsError } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";
import { inputError } from "./input-error.ts";
import { COLUMNS, type Column } from "./row-texts.ts";

const NEEDED: readonly Column[] = ["serial", "name"];
const KNOWN: readonly string[] = COLUMNS;
const EXAMPLE = "the first line names the columns, as in serial,name";
const SHOWN = 40;

/**
 * Reads a CSV's first record: for each column which one it is, as an index into `COLUMNS`. Case does not count.
 * Throws `input.unknown-column`, `input.duplicate-column`, `input.missing-column`, without the place in front.
 */
export function readHeader(names: readonly string[]): readonly number[] {
  const columns = names.map((name) => {
    const column = KNOWN.indexOf(name.toLowerCase());
    if (column < 0) throw unknownColumn(name, names);
    return column;
  });
  for (const [index, column] of columns.entries())
    if (columns.indexOf(column) !== index)
      throw inputError(
        "duplicate-column",
        `the column ${COLUMNS[column]} is there twice`,
        "keep one of the two, and its values in every line",
      );
  const missing = NEEDED.find((column) => !columns.includes(COLUMNS.indexOf(column)));
  if (missing !== undefined)
    throw inputError("missing-column", `there is no column ${missing}`, `${EXAMPLE}; both are needed`);
  return columns;
}

function unknownColumn(name: string, names: readonly string[]): SamicertsError {
  const shown = JSON.stringify(name.length > SHOWN ? `${name.slice(0, SHOWN)}...` : name);
  const message = name === "" ? "a column has no name" : `the column ${shown} is unknown`;
  return inputError("unknown-column", message, hintFor(name, names));
}

function hintFor(name: string, names: readonly string[]): string {
  if (name.includes("\0"))
    return "the file seems to be in UTF-16, or not to be text at all: save it as CSV in UTF-8";
  if (name.includes("\r")) return "the lines end in CR alone: save the file with LF or CRLF";
  if (name.startsWith("[")) return "this looks like a JSON array: write one object a line instead (NDJSON)";
  if (names.length === 1 && /[;\t|]/.test(name))
    return `the values seem to be separated by ${name.includes(";") ? "semicolons" : "something else"}: use commas`;
  if (names.some((each) => /^[0-9]+$/.test(each)))
    return `${EXAMPLE}; this one seems to be a device's already`;
  const near = nearestWord(name, COLUMNS);
  return near === undefined ? `the columns are ${COLUMNS.join(", ")}` : `did you mean ${near}?`;
}
