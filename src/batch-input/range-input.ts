import { createHash } from "node:crypto";
import type { BatchInput, BatchRow, InputCount, RejectedRow } from "../actions/batch-row.ts";
import type { SamicertsError } from "../base/errors.ts";
import { parseSerial } from "../x509/serial.ts";
import type { DuplicateCheck } from "./duplicates.ts";
import { inputError } from "./input-error.ts";
import { RowMaker, type RowOptions } from "./row-maker.ts";

/** Devices with serials that follow each other. */
export interface Range {
  /** How many. */
  readonly count: number;
  readonly serialFrom: bigint;
  /** A name with `{serial}` (decimal), `{serialHex}` (without `0x`) or `{n}` (from 1) in it. */
  readonly nameTemplate: string;
}

const NAME = "the range";
/** Beyond this a number of devices is a slip of the finger. */
const MAX_COUNT = 1_000_000_000;
const PLACEHOLDER = /\{([^{}]*)\}/g;
const KNOWN: ReadonlySet<string> = new Set(["serial", "serialHex", "n"]);
/** Serials that follow each other are all different, and so are names that have them in it. */
const NO_DUPLICATES: DuplicateCheck = { check: () => undefined };

/**
 * Opens a range as a batch's input. Throws `input.range-count`, `input.range-name`, and `serial.*` where the last
 * serial is too long.
 */
export function openRange(range: Range, options: RowOptions = {}): BatchInput {
  const { count, serialFrom, nameTemplate } = range;
  if (!Number.isSafeInteger(count) || count < 1 || count > MAX_COUNT)
    throw rangeError("count", `${count} is not a number of devices`, `give a number from 1 to ${MAX_COUNT}`);
  const names = [...nameTemplate.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
  const unknown = names.find((name) => !KNOWN.has(name));
  if (unknown !== undefined)
    throw rangeError(
      "name",
      `the name has {${unknown}} in it, which stands for nothing`,
      "use {serial}, {serialHex} or {n}",
    );
  if (names.length === 0 && count > 1)
    throw rangeError(
      "name",
      `all ${count} devices would be called ${JSON.stringify(nameTemplate)}`,
      "put {serial}, {serialHex} or {n} into the name, as in 'MyAwesomeDevice-{serial}'",
    );
  parseSerial(serialFrom.toString());
  parseSerial((serialFrom + BigInt(count - 1)).toString());
  return new RangeInput(range, options);
}

class RangeInput implements BatchInput {
  readonly name: string = NAME;
  readonly digest: string;
  readonly total: number;
  readonly repeatable: boolean = true;
  readonly format = "range";
  private readonly range: Range;
  private readonly options: RowOptions;

  constructor(range: Range, options: RowOptions) {
    this.range = range;
    this.options = options;
    this.total = range.count;
    this.digest = createHash("sha256")
      .update(
        JSON.stringify(["samicerts range", range.count, range.serialFrom.toString(), range.nameTemplate]),
      )
      .digest("hex");
  }

  *check(): Generator<readonly (BatchRow | RejectedRow)[], InputCount> {
    let rejected = 0;
    for (const row of this.walk()) {
      if ("error" in row) rejected++;
      yield [row];
    }
    return { rows: this.total - rejected, rejected };
  }

  /** There is one in every range. */
  async waitForRow(): Promise<void> {}

  async *rows(): AsyncIterable<BatchRow | RejectedRow> {
    yield* this.walk();
  }

  private *walk(): Generator<BatchRow | RejectedRow> {
    const { count, serialFrom, nameTemplate } = this.range;
    const maker = new RowMaker(NAME, NO_DUPLICATES, this.options);
    const pieces = nameTemplate.split(PLACEHOLDER);
    for (let n = 1; n <= count; n++) {
      const serial = serialFrom + BigInt(n - 1);
      maker.record([serial.toString(), fill(pieces, serial, n)], undefined, n);
      yield* maker.made;
      maker.made = [];
    }
  }
}

/** Every second piece is a placeholder's name. */
function fill(pieces: readonly string[], serial: bigint, n: number): string {
  let name = "";
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index] as string;
    if (index % 2 === 0) name += piece;
    else if (piece === "serial") name += serial.toString();
    else name += piece === "n" ? n.toString() : serial.toString(16);
  }
  return name;
}

function rangeError(problem: string, message: string, hint: string): SamicertsError {
  return inputError(`range-${problem}`, message, hint);
}
