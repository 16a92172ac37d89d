import type { SerialRange } from "../ledger/factory-line.ts";
import { parseSerial } from "../x509/serial.ts";
import type { FlagSpec } from "./flags.ts";
import { usageError } from "./usage.ts";

/** The factory line that issues. */
export const LINE_FLAG: FlagSpec = {
  name: "line",
  value: "name",
  group: "What to make:",
  summary: "the factory line that signs (default: the root)",
  completes: [],
};

/** The serials of a line's own. */
export const SERIALS_FLAG: FlagSpec = {
  name: "serials",
  value: "from-to",
  group: "What to make:",
  summary: "the only serials that the line may use, as in 200000000-299999999",
  completes: [],
};

/** Reads `--serials 200000000-299999999`; throws `usage.serials`, `serial.*`. */
export function readSerialRange(text: string): SerialRange {
  const [first, last, ...rest] = text.split("-");
  if (first === undefined || last === undefined || last === "" || first === "" || rest.length > 0)
    throw usageError(
      "serials",
      `--serials ${JSON.stringify(text)} is not a range of serials`,
      "write the first and the last one, as in --serials 200000000-299999999",
    );
  const from = parseSerial(first);
  const to = parseSerial(last);
  if (from > to)
    throw usageError(
      "serials",
      `--serials ${text} ends before it begins`,
      `did you mean --serials ${last}-${first}?`,
    );
  return { from: from.toString(), to: to.toString() };
}

/** Replaces the root. */
export const REPLACE_FLAG: FlagSpec = {
  name: "replace",
  group: "Files:",
  summary: "make a new root with a new key in the place of the one that is there, which is kept",
};
