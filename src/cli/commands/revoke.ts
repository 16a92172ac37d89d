import { type RevocationFacts, type Revoked, release, revoke } from "../../actions/revoke.ts";
import { type RevokedAll, revokeAll } from "../../actions/revoke-all.ts";
import { SamicertsError } from "../../base/errors.ts";
import { readChunks } from "../../batch-input/read-chunks.ts";
import { parseReason, readRevocationList } from "../../batch-input/revocation-list.ts";
import { datedBackNote, revokedAllText, revokedText } from "../../report/human-revoke.ts";
import { revokedAllJson, revokedJson } from "../../report/json-revoke.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { parseTime } from "../../x509/time.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG, type FlagSpec } from "../flags.ts";
import { readNamedCertificate } from "../named-certificate.ts";
import { openExistingLedger } from "../open-existing-ledger.ts";
import { NO_PROGRESS, startProgress } from "../progress.ts";
import { publishingCommands } from "../publishing-commands.ts";
import { REVOKE_FLAG } from "../revoke-flags.ts";
import { usageError } from "../usage.ts";

const CLOCK = { now: () => Date.now() };
/** So many rows that were refused, or can't be read, are told of one by one. */
const ERRORS_TOLD = 50;

/** Revokes certificates, puts them on hold or takes them off. */
export function run(call: Call): Outcome {
  const { operands, flags } = call;
  const from = flags.text(REVOKE_FLAG.from);
  const [operand] = operands;
  checkUse(operand, from, flags);
  return from === undefined ? revokeOne(call, operand ?? "") : revokeList(call, from);
}

function revokeOne(call: Call, operand: string): Outcome {
  const { flags, host, paint, notePaint } = call;
  const isRelease = flags.on(REVOKE_FLAG.release);
  const facts = readFacts(flags);
  const line = flags.text(REVOKE_FLAG.line);
  const input = { named: readNamedCertificate(operand), ...(line === undefined ? {} : { line }) };
  const ledger = openExistingLedger(flags);
  let revoked: Revoked;
  let next: readonly string[];
  try {
    const deps = { clock: CLOCK, ledger };
    revoked = isRelease ? release(input, deps) : revoke(input, facts, deps);
    next = publishingCommands(flags, ledger, [revoked.issuer]);
  } finally {
    ledger.close();
  }
  const notes = datedBackNote(revoked, notePaint);
  if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: revokedJson(revoked), notes };
  const out = flags.on(FLAG.quiet) ? "" : revokedText(revoked, next, paint, host.stdout.columns);
  return { exitCode: EXIT.done, out, notes };
}

function revokeList(call: Call, path: string): Outcome {
  const { flags, host, paint } = call;
  const line = flags.text(REVOKE_FLAG.line);
  const { rows, errors } = readRevocationList(readChunks(nodeFiles, path), path, readFacts(flags));
  if (errors.length > 0) return unreadable(errors, path, call);
  const ledger = openExistingLedger(flags);
  const progress = flags.on(FLAG.quiet)
    ? NO_PROGRESS
    : startProgress(host.stderr, rows.length, "certificates", CLOCK.now);
  let all: RevokedAll;
  let next: readonly string[];
  try {
    all = revokeAll(rows, line, { clock: CLOCK, ledger }, (done) => progress.report(done));
    next = publishingCommands(flags, ledger, all.issuers);
  } catch (error) {
    if (error instanceof SamicertsError && error.code.startsWith("revocation.")) throw placed(path, error);
    throw error;
  } finally {
    progress.end();
    ledger.close();
  }
  const exitCode = all.refused.length > 0 ? EXIT.rowsRefused : EXIT.done;
  const told = all.refused.slice(0, ERRORS_TOLD).map(({ line: at, error }) => placed(`${path}:${at}`, error));
  const more = all.refused.length - told.length;
  const outcome = {
    exitCode,
    errors: told,
    notes: more > 0 ? [`${more} more were refused; --json tells of all`] : [],
  };
  if (flags.on(FLAG.json)) return { ...outcome, out: revokedAllJson(all) };
  return {
    ...outcome,
    out: flags.on(FLAG.quiet) ? "" : revokedAllText(all, next, paint, host.stdout.columns),
  };
}

/** Nothing of a list is revoked where a row of it can't be read. */
function unreadable(errors: readonly SamicertsError[], path: string, { flags }: Call): Outcome {
  const whole = new SamicertsError({
    kind: "input",
    code: "revocation.list",
    message: `${path}: ${errors.length === 1 ? "a row" : `${errors.length} rows`} can't be read, so nothing was revoked`,
    hint: `mend ${errors.length === 1 ? "it" : "them"} and run the same command again`,
  });
  const [first] = errors;
  if (first === undefined) throw whole;
  // One document has room for one error: the whole's, with the first row's in it.
  if (flags.on(FLAG.json)) throw worded(whole, `${whole.message}; ${first.message}`, first.hint);
  return { exitCode: EXIT.input, out: "", errors: [...errors.slice(0, ERRORS_TOLD), whole] };
}

function placed(place: string, error: SamicertsError): SamicertsError {
  return worded(error, `${place}: ${error.message}`, error.hint);
}

function worded({ kind, code }: SamicertsError, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind, code, message, hint });
}

function readFacts(flags: Flags): RevocationFacts {
  const reason = flags.text(REVOKE_FLAG.reason);
  const at = flags.text(REVOKE_FLAG.at);
  const invalid = flags.text(REVOKE_FLAG.invalidityDate);
  return {
    reason: reason === undefined ? "unspecified" : parseReason(reason),
    ...(at === undefined ? {} : { atMs: parseTime(at) }),
    ...(invalid === undefined ? {} : { invalidFromMs: parseTime(invalid) }),
  };
}

function checkUse(operand: string | undefined, from: string | undefined, flags: Flags): void {
  if (operand !== undefined && from !== undefined)
    throw usageError(
      "conflict",
      `--from ${from} names the certificates, and ${JSON.stringify(operand)} another`,
      "keep one of them",
    );
  if (operand === undefined && from === undefined)
    throw usageError(
      "missing-operand",
      "samicerts revoke needs <certificate>, or --from with a list",
      "for example: samicerts revoke 100000001 --reason keyCompromise",
    );
  if (!flags.on(REVOKE_FLAG.release)) return;
  const others: readonly FlagSpec[] = [
    REVOKE_FLAG.reason,
    REVOKE_FLAG.at,
    REVOKE_FLAG.invalidityDate,
    REVOKE_FLAG.from,
  ];
  const other = others.find((flag) => flags.text(flag) !== undefined);
  if (other === undefined) return;
  throw usageError(
    "conflict",
    `--release and --${other.name} can't be given together`,
    "a certificate is taken off hold by its serial or file, and nothing is said of it any more",
  );
}
