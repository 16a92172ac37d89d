/** Where a scan through a CSV record stands: what the next character means (RFC 4180, 2). */
export interface QuoteScan {
  state: QuoteState;
  /** Set where a quoted value begins, for the caller to clear. */
  opened: boolean;
  /** A quote stands in a value that does not begin with one. */
  stray: boolean;
  /** Quotes since the record went wrong: an odd number of them leaves open whether a quoted value goes on. */
  afterBroken: number;
}

/**
 * At the `start` of a value, within a `plain` one, within a `quoted` one, right after a quote that `closed` one, `after`
 * that and a space, or `broken`: behind something that can't follow a closing quote.
 */
export type QuoteState = "start" | "plain" | "quoted" | "closed" | "after" | "broken";

/** A scan at the beginning of a record. */
export function beginScan(): QuoteScan {
  return { state: "start", opened: false, stray: false, afterBroken: 0 };
}

const QUOTE = 0x22;
const COMMA = 0x2c;

/** Goes on through `text`, a line or a part of one without its line end. */
export function scanQuotes(scan: QuoteScan, text: string): void {
  for (let at = 0; at < text.length; at++) {
    if (scan.state === "quoted") {
      at = text.indexOf('"', at);
      if (at < 0) return;
      scan.state = "closed";
      continue;
    }
    step(scan, text.charCodeAt(at));
  }
}

function step(scan: QuoteScan, character: number): void {
  if (scan.state === "broken") {
    if (character === QUOTE) scan.afterBroken++;
    return;
  }
  if (character === COMMA) {
    scan.state = "start";
    return;
  }
  const blank = isBlank(character);
  switch (scan.state) {
    case "start":
      if (character === QUOTE) {
        scan.state = "quoted";
        scan.opened = true;
      } else if (!blank) scan.state = "plain";
      return;
    case "plain":
      if (character === QUOTE) scan.stray = true;
      return;
    default:
      // Two quotes are one within the value; spaces may follow the closing one.
      if (character === QUOTE && scan.state === "closed") scan.state = "quoted";
      else {
        scan.state = blank ? "after" : "broken";
        if (character === QUOTE) scan.afterBroken = 1;
      }
  }
}

function isBlank(character: number): boolean {
  return character === 0x20 || character === 0x09;
}

const VALUE = /[ \t]*(?:"([^"]*(?:""[^"]*)*)"[ \t]*|([^",]*))(,|$)/y;

/** The values of a record whose quotes are in order; those without quotes lose the spaces around them. */
export function splitQuoted(record: string): string[] {
  const values: string[] = [];
  VALUE.lastIndex = 0;
  for (;;) {
    const found = VALUE.exec(record);
    if (found === null) throw new RangeError("the record's quotes are not in order");
    const [, quoted, plain, end] = found;
    values.push(quoted === undefined ? trimBlanks(plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === "") return values;
  }
}

/** Takes spaces and tabs off both ends, and nothing else. */
export function trimBlanks(text: string): string {
  let start = 0;
  let stop = text.length;
  while (start < stop && isBlank(text.charCodeAt(start))) start++;
  while (stop > start && isBlank(text.charCodeAt(stop - 1))) stop--;
  return start === 0 && stop === text.length ? text : text.slice(start, stop);
}
