import { formatSerial } from "../x509/serial.ts";
import type { SerialForms } from "./summary.ts";

/** What may be wrong between the ledger and the files; stable, scripts may rely on it. */
export type DiscrepancyRule =
  | "ledger.damaged"
  | "ledger.certificate-damaged"
  | "certificate.missing"
  | "certificate.altered"
  | "chain.missing"
  | "chain.altered"
  | "key.missing"
  | "key.mismatched"
  | "key.permissions"
  | "key.unreadable"
  | "file.unknown"
  | "file.leftover"
  | "reservation.abandoned"
  | "batch.unfinished"
  | "root.unknown"
  | "root.unfinished"
  | "line.unknown";

/** One thing in which the ledger and the files disagree. */
export interface Discrepancy {
  readonly rule: DiscrepancyRule;
  readonly message: string;
  /** What a person can do, or what `samicerts ledger repair` would do. */
  readonly hint: string;
  readonly serial?: SerialForms;
  readonly path?: string;
  /** Mends it and says what was done; absent where that takes a person. */
  readonly mend?: () => string;
}

/** What was looked at. */
export interface CheckTally {
  /** Issued certificates, of which `elsewhere` are in archives and were checked in the ledger alone. */
  readonly certificates: number;
  readonly elsewhere: number;
  /** Those of who answers OCSP, whose files go where the answers are made: checked in the ledger alone too. */
  readonly responders: number;
}

const MENDED_BY_REPAIR = "samicerts ledger repair";

/** A discrepancy that a repair mends; `what` says in words what it does. */
export function mendable(
  found: Omit<Discrepancy, "hint" | "mend">,
  what: string,
  mend: () => string,
): Discrepancy {
  return { ...found, hint: `${MENDED_BY_REPAIR} ${what}`, mend };
}

/** The serial of a row in all its forms. */
export function serialOf(row: { readonly serial: string }): { readonly serial: SerialForms } {
  return { serial: formatSerial(BigInt(row.serial)) };
}

/** What a run that was cut off has left, to be removed; `more` is said of it behind that. */
export function leftover(
  path: string,
  more: string,
  deps: { readonly remove: (path: string) => void },
): Discrepancy {
  const message = `${path} was left behind by a run that was cut off${more}`;
  return mendable({ rule: "file.leftover", path, message }, "removes it", () => {
    deps.remove(path);
    return `removed ${path}`;
  });
}
