import { type ListInput, listCertificates } from "../../actions/list.ts";
import type { ListFilter } from "../../ledger/listing.ts";
import { listCsv } from "../../report/csv-list.ts";
import { listText } from "../../report/human-list.ts";
import { listJson } from "../../report/json-list.ts";
import { parseSerial } from "../../x509/serial.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { LIST_FLAG, LIST_FORMATS, LIST_STATES } from "../list-flags.ts";
import { openExistingLedger } from "../open-existing-ledger.ts";
import { readSpan } from "../span.ts";
import { choice, usageError } from "../usage.ts";

/** Lists what the ledger holds. */
export function run(call: Call): Outcome {
  const { flags, host, paint } = call;
  const format = readFormat(flags);
  const nowMs = Date.now();
  const input = readInput(flags, nowMs);
  const ledger = openExistingLedger(flags);

  function* print(): Generator<string> {
    try {
      const listing = listCertificates(input, ledger, nowMs);
      if (format === "json") yield* listJson(listing);
      else if (format === "csv") yield* listCsv(listing.rows);
      else yield* listText(listing.rows, paint);
      const next = listing.next();
      if (next !== undefined && format !== "json")
        host.stderr.write(`there is more: go on with --after ${next}\n`);
    } finally {
      ledger.close();
    }
  }

  return { exitCode: EXIT.done, out: print() };
}

function readInput(flags: Flags, nowMs: number): ListInput {
  const limit = flags.text(LIST_FLAG.limit);
  const after = flags.text(LIST_FLAG.after);
  return {
    filter: readFilter(flags, nowMs),
    ...(limit === undefined ? {} : { limit: wholeNumber("limit", limit) }),
    ...(after === undefined ? {} : { after }),
  };
}

function readFilter(flags: Flags, nowMs: number): ListFilter {
  const state = choice("state", flags.text(LIST_FLAG.state), LIST_STATES);
  const batch = flags.text(LIST_FLAG.batch);
  const name = flags.text(LIST_FLAG.name);
  const expiring = flags.text(LIST_FLAG.expiring);
  const from = flags.text(LIST_FLAG.from);
  const to = flags.text(LIST_FLAG.to);
  return {
    ...stateFilter(state),
    ...(batch === undefined ? {} : { batch: wholeNumber("batch", batch) }),
    ...(name === undefined ? {} : { name }),
    ...(expiring === undefined
      ? {}
      : { expiresFromMs: nowMs, expiresUntilMs: nowMs + readSpan(expiring, nowMs) }),
    ...(from === undefined ? {} : { serialFrom: parseSerial(from).toString() }),
    ...(to === undefined ? {} : { serialTo: parseSerial(to).toString() }),
  };
}

/** What is revoked was issued too, and is not what somebody asks for who asks for that. */
function stateFilter(state: (typeof LIST_STATES)[number] | undefined): ListFilter {
  if (state === "revoked") return { revoked: true };
  return state === "issued" ? { state, revoked: false } : state === undefined ? {} : { state };
}

function wholeNumber(flag: string, text: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw usageError(
    "number",
    `--${flag} can't be "${text}"`,
    `write a whole number from 1 on, as in --${flag} 100`,
  );
}

function readFormat(flags: Flags): string {
  const format = choice("format", flags.text(LIST_FLAG.format), LIST_FORMATS);
  if (!flags.on(FLAG.json)) return format ?? "table";
  if (format === undefined || format === "json") return "json";
  throw usageError("conflict", `--json and --format ${format} can't be given together`, "keep one of them");
}
