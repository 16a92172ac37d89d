import type { ListedCertificate } from "../actions/list.ts";
import { serialText } from "./human-verify.ts";
import { displayWidth, padTo, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** The columns are as wide as the first so many rows need; a later row that needs more takes it. */
const SAMPLE = 200;
/** A long name must not push all the others to the right. */
const WIDEST = 40;
/** The longest serial has so many digits: there it stands without its hex. */
const WIDEST_SERIAL = 49;
const HEAD = ["SERIAL", "NAME", "STATE", "ENDS", "BATCH"];

/** A listing for a person, a line each, in pieces. */
export function* listText(rows: Iterable<ListedCertificate>, paint: Paint): Generator<string> {
  const sample: ListedCertificate[] = [];
  let widths: readonly number[] | undefined;
  for (const row of rows) {
    if (widths === undefined) {
      sample.push(row);
      if (sample.length < SAMPLE) continue;
      widths = widthsOf(sample);
      yield* printed(sample, widths, paint);
    } else yield lineOf(row, widths, paint);
  }
  if (widths !== undefined) return;
  if (sample.length === 0) yield "nothing to list\n";
  else yield* printed(sample, widthsOf(sample), paint);
}

function* printed(
  sample: readonly ListedCertificate[],
  widths: readonly number[],
  paint: Paint,
): Generator<string> {
  yield `${paint.faint(join(HEAD, widths))}\n`;
  for (const row of sample) yield lineOf(row, widths, paint);
}

function widthsOf(sample: readonly ListedCertificate[]): readonly number[] {
  return HEAD.map((head, column) => {
    const widest = sample.map((row) => displayWidth(cells(row)[column] ?? ""));
    const most = column === 0 ? WIDEST_SERIAL : WIDEST;
    return Math.min(most, Math.max(displayWidth(head), ...widest));
  });
}

function lineOf(row: ListedCertificate, widths: readonly number[], paint: Paint): string {
  const line = join(cells(row), widths);
  const urgent = ["abandoned", "revoked", "on hold"].includes(row.state) || (row.daysLeft ?? 0) < 0;
  return `${urgent ? paint.warn(line) : line}\n`;
}

function cells(row: ListedCertificate): readonly string[] {
  const end = row.notAfter === undefined ? "-" : row.notAfter.slice(0, 10);
  const left = row.daysLeft === undefined || row.daysLeft >= 0 ? "" : " (expired)";
  const serial = serialText(row.serial);
  return [
    serial.length > WIDEST ? row.serial.decimal : serial,
    visible(row.name),
    row.state,
    end + left,
    row.batch === undefined ? "-" : String(row.batch),
  ];
}

function join(parts: readonly string[], widths: readonly number[]): string {
  return parts
    .map((part, column) => padTo(part, widths[column] ?? 0))
    .join("  ")
    .trimEnd();
}
