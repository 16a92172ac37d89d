import type { CheckTally, Discrepancy } from "../actions/discrepancy.ts";
import type { Repair } from "../actions/ledger-repair.ts";
import { count, fieldLines, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** How the reports on a ledger are laid out. */
export interface LedgerStyle {
  readonly paint: Paint;
  /** Only what is wrong. */
  readonly quiet: boolean;
  /** Columns. */
  readonly width: number;
}

/** What was found wrong, for a person, and at the end how much was looked at; `found` gives the tally as its end. */
export function* checkText(found: Generator<Discrepancy, CheckTally>, style: LedgerStyle): Generator<string> {
  let wrong = 0;
  for (let step = found.next(); ; step = found.next()) {
    if (step.done === true) {
      if (!style.quiet) yield summary(step.value, wrong, style);
      return;
    }
    wrong++;
    yield entry(step.value, [["to mend", visible(step.value.hint)]], style.paint.bad, style);
  }
}

/** What was mended and what was not, for a person. */
export function* repairText(repairs: Generator<Repair, CheckTally>, style: LedgerStyle): Generator<string> {
  let left = 0;
  let mended = 0;
  for (let step = repairs.next(); ; step = repairs.next()) {
    if (step.done === true) {
      if (style.quiet) return;
      const head = mended > 0 ? `${style.paint.good(`mended ${mended}`)}; ` : "";
      yield head + summary(step.value, left, style);
      return;
    }
    const { discrepancy, done, error } = step.value;
    if (done !== undefined) {
      mended++;
      if (!style.quiet) yield entry(discrepancy, [["mended", visible(done)]], style.paint.good, style);
      continue;
    }
    left++;
    const fields: (readonly [string, string])[] =
      error === undefined
        ? [["to mend", visible(discrepancy.hint)]]
        : [
            ["failed", visible(error.message)],
            ["to mend", visible(error.hint)],
          ];
    yield entry(discrepancy, fields, style.paint.bad, style);
  }
}

function entry(
  { rule, message }: Discrepancy,
  fields: readonly (readonly [string, string])[],
  colour: (text: string) => string,
  { width }: LedgerStyle,
): string {
  return `${[`${colour(rule)}  ${visible(message)}`, ...fieldLines(fields, 2, width)].join("\n")}\n`;
}

function summary(
  { certificates, elsewhere, responders }: CheckTally,
  wrong: number,
  { paint }: LedgerStyle,
): string {
  const what = `${count(certificates, "certificate")} issued`;
  const archived = elsewhere > 0 ? `, ${count(elsewhere, "of them", "of them")} in a batch's own output` : "";
  const answering = responders > 0 ? `, ${count(responders, "of them", "of them")} to answer OCSP` : "";
  const verdict =
    wrong === 0 ? paint.good("the ledger and the files agree") : paint.bad(count(wrong, "disagreement"));
  return `${verdict}: ${what}${archived}${answering}\n`;
}
