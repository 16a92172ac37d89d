import type { BatchRow, RejectedRow } from "../actions/batch-row.ts";
import { SamicertsError } from "../base/errors.ts";
import { type KeySpec, parseKeySpec } from "../x509/algorithms.ts";
import { makeAttribute } from "../x509/attribute-value.ts";
import { parseSerial } from "../x509/serial.ts";
import type { DuplicateCheck } from "./duplicates.ts";
import { atLine, inputError } from "./input-error.ts";
import type { BadRecord, RecordSink, RowTexts } from "./row-texts.ts";

/** What a batch makes of its rows, beyond a serial and a name. */
export interface RowOptions {
  /** Columns that whoever issues knows what to do with; a value in another is refused, never passed over. */
  readonly columns?: ReadonlySet<"csr" | "san">;
  /** Throws a SamicertsError for a row that can't be issued, as the policy wants it; else a name must suit a CN. */
  readonly checkRow?: (row: BatchRow) => void;
}

const SHOWN = 40;

/** Makes rows of records and collects them, the rejected ones too, in their order. */
export class RowMaker implements RecordSink {
  /** What was made since it was last emptied. */
  made: (BatchRow | RejectedRow)[] = [];
  /** All rows so far. */
  rows = 0;
  rejected = 0;
  private readonly name: string;
  private readonly duplicates: DuplicateCheck;
  private readonly options: RowOptions;
  private readonly keys = new Map<string, KeySpec>();

  /** `name` is what the input is called in errors. */
  constructor(name: string, duplicates: DuplicateCheck, options: RowOptions) {
    this.name = name;
    this.duplicates = duplicates;
    this.options = options;
  }

  record(texts: RowTexts, raw: string | undefined, line: number): void {
    try {
      const row = this.makeRow(texts, raw, line);
      // Before anything that depends on more than the input: so that a row is a duplicate in every walk, or in none.
      const earlier = this.duplicates.check(row.serial, row.name, line);
      if (earlier !== undefined) throw duplicateError(row, earlier.what, earlier.line);
      if (this.options.checkRow === undefined) makeAttribute("CN", row.name);
      else this.options.checkRow(row);
      this.made.push(row);
      this.rows++;
    } catch (error) {
      if (!(error instanceof SamicertsError)) throw error;
      this.reject({ line, ...(raw === undefined ? {} : { raw }), error: atLine(this.name, line, error) });
    }
  }

  bad({ line, raw, rawBytes, truncated, error }: BadRecord): void {
    this.reject({
      line,
      raw,
      ...(rawBytes === undefined ? {} : { rawBytes }),
      ...(truncated === undefined ? {} : { truncated }),
      error: atLine(this.name, line, error),
    });
  }

  private reject(row: RejectedRow): void {
    this.made.push(row);
    this.rejected++;
  }

  private makeRow(texts: RowTexts, raw: string | undefined, line: number): BatchRow {
    const [serialText = "", name = "", csr = "", days = "", key = "", san = ""] = texts;
    const serial = parseSerial(serialText);
    const row: BatchRow = {
      line,
      serial,
      name,
      ...(raw === undefined ? {} : { raw }),
      ...(csr === "" ? {} : { csr: this.supported("csr", csr) }),
      ...(days === "" ? {} : { days: readDays(days) }),
      ...(key === "" ? {} : { key: this.readKey(key) }),
      ...(san === "" ? {} : { san: this.supported("san", san) }),
    };
    if (name === "") throw inputError("no-name", "the name is empty", "give the device a name");
    return row;
  }

  private supported(column: "csr" | "san", value: string): string {
    if (this.options.columns?.has(column) === true) return value;
    throw inputError(
      "unsupported-column",
      column === "csr"
        ? "the row brings a certificate request (csr), which samicerts can't certify yet"
        : "the row asks for alternative names (san), which samicerts can't certify in a batch yet",
      `leave the column ${column} empty`,
    );
  }

  private readKey(text: string): KeySpec {
    const known = this.keys.get(text);
    if (known !== undefined) return known;
    if (!/^[\w:-]{1,20}$/.test(text))
      throw inputError("key", `${shown(text)} is not a kind of key`, "give one as --key takes it: ec:P-256");
    const spec = parseKeySpec(text);
    // So that rows share one; the valid spellings are few.
    this.keys.set(text, spec);
    return spec;
  }
}

function readDays(text: string): number {
  if (/^[1-9][0-9]{0,6}$/.test(text)) return Number(text);
  throw inputError(
    "days",
    `${shown(text)} is not a number of days`,
    "give a whole number from 1 on, as in 3650",
  );
}

function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);
}

function duplicateError(row: BatchRow, what: "serial" | "name", line: number): SamicertsError {
  const value = what === "serial" ? row.serial.toString() : JSON.stringify(row.name);
  return inputError(
    `duplicate-${what}`,
    `the ${what} ${value} is in line ${line} already`,
    what === "serial"
      ? "each certificate needs a serial of its own"
      : "two devices of one batch need different names",
  );
}
