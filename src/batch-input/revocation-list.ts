import type { RevocationRow } from "../actions/revoke-all.ts";
import { SamicertsError } from "../base/errors.ts";
import { REVOCATION_REASONS, type RevocationReason } from "../x509/crl-reason.ts";
import { parseSerial } from "../x509/serial.ts";
import { parseTime } from "../x509/time.ts";
import type { CsvColumns } from "./csv-header.ts";
import { CsvRecords } from "./csv-records.ts";
import { atLine, inputError } from "./input-error.ts";
import { isUtf16Error, LineSplitter } from "./line-splitter.ts";
import type { RecordSink } from "./row-texts.ts";

/** What a row says nothing of. */
export interface RevocationDefaults {
  readonly reason: RevocationReason;
  readonly atMs?: number;
  readonly invalidFromMs?: number;
}

/** A list as it was read: its rows, and why others can't be. */
export interface RevocationList {
  readonly rows: readonly RevocationRow[];
  readonly errors: readonly SamicertsError[];
}

const COLUMNS: CsvColumns = {
  names: ["serial", "reason", "at", "invalidity_date"],
  needed: ["serial"],
  // So that what `samicerts list --format csv` prints is such a list.
  passedOver: new Set([
    "serial_hex",
    "name",
    "state",
    "issuer",
    "batch",
    "line",
    "renews",
    "replaces",
    "reserved",
    "issued",
    "not_before",
    "not_after",
    "revoked",
    "revocation_reason",
    "sha256",
    "spki_sha256",
  ]),
};

/**
 * Reads a CSV of certificates to be revoked: `serial`, and where they differ from `defaults` `reason`, `at` and
 * `invalidity_date`; the other columns of `samicerts list` are passed over. `name` is what it is called in errors.
 * Throws `input.*` where nothing can be made of it as a whole.
 */
export function readRevocationList(
  chunks: Iterable<Uint8Array>,
  name: string,
  defaults: RevocationDefaults,
): RevocationList {
  const rows: RevocationRow[] = [];
  const errors: SamicertsError[] = [];
  const sink: RecordSink = {
    record(texts, _raw, line) {
      try {
        rows.push(rowOf(texts, line, defaults));
      } catch (error) {
        if (!(error instanceof SamicertsError)) throw error;
        errors.push(atLine(name, line, error));
      }
    },
    bad: ({ line, error }) => void errors.push(atLine(name, line, error)),
  };
  const records = new CsvRecords(name, sink, COLUMNS);
  const splitter = new LineSplitter(records);
  try {
    for (const chunk of chunks) splitter.feed(chunk);
    splitter.end();
  } catch (error) {
    // What is wrong with the text as a whole has no line yet.
    if (isUtf16Error(error)) throw atLine(name, 1, error);
    throw error;
  }
  records.end();
  if (rows.length + errors.length === 0)
    throw inputError(
      "no-rows",
      `${name} ${records.header === undefined ? "is empty" : "has a header and no row after it"}`,
      "give at least one serial",
    );
  return { rows, errors };
}

function rowOf(
  texts: readonly (string | undefined)[],
  line: number,
  defaults: RevocationDefaults,
): RevocationRow {
  const [serial = "", reason = "", at = "", invalidity = ""] = texts;
  const atMs = at === "" ? defaults.atMs : parseTime(at);
  const invalidFromMs = invalidity === "" ? defaults.invalidFromMs : parseTime(invalidity);
  return {
    line,
    serial: parseSerial(serial),
    reason: reason === "" ? defaults.reason : parseReason(reason),
    ...(atMs === undefined ? {} : { atMs }),
    ...(invalidFromMs === undefined ? {} : { invalidFromMs }),
  };
}

/** Reads a reason's name, in whatever case; throws `revocation.reason`. */
export function parseReason(text: string): RevocationReason {
  const found = REVOCATION_REASONS.find((reason) => reason.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  const isRemoval = text.toLowerCase() === "removefromcrl";
  throw new SamicertsError({
    kind: "input",
    code: "revocation.reason",
    message: `${JSON.stringify(text.slice(0, 60))} is not a reason to revoke a certificate for`,
    hint: isRemoval
      ? "to take a certificate off hold: samicerts revoke <serial> --release"
      : `use ${REVOCATION_REASONS.join(", ")} (RFC 5280, 5.3.1)`,
  });
}
