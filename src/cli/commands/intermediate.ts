import { createLine } from "../../actions/create-line.ts";
import { shellQuoted } from "../../base/shell-quoted.ts";
import { openJudge } from "../../open-judge.ts";
import { policyInForce } from "../../open-policy.ts";
import { warningLines } from "../../report/human-issue.ts";
import { lineText } from "../../report/human-line.ts";
import { lineJson } from "../../report/json-issue.ts";
import { parseKeySpec } from "../../x509/algorithms.ts";
import { parseName } from "../../x509/name-syntax.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { readSerialRange, SERIALS_FLAG } from "../line-flags.ts";
import { readValidity } from "../span.ts";
import { usageError } from "../usage.ts";
import { vendorDirectory } from "../vendor-directory.ts";
import { openIssuingDeps, withDeps } from "../wire.ts";

/** Makes a factory line's own certificate authority. */
export function run(call: Call): Outcome {
  const { flags, host, paint } = call;
  const [name = "", dn = ""] = call.operands;
  const subject = parseName(dn);
  const range = flags.text(SERIALS_FLAG);
  const serials = range === undefined ? undefined : readSerialRange(range);
  const key = flags.text(FLAG.key);
  if (key !== undefined && flags.on(FLAG.force))
    throw usageError(
      "conflict",
      "--force makes a new certificate for the key that is there, so --key can't be given with it",
      "leave --key out, or make another line",
    );
  const notes: string[] = [];
  const warn = (warning: string): void => void notes.push(`${call.notePaint.warn("warning:")} ${warning}`);
  const issued = withDeps(openIssuingDeps(call, warn), (deps) => {
    const policy = policyInForce(flags.text(FLAG.policy), deps.workspace);
    const validity = readValidity(flags, deps.clock.now());
    return createLine(
      {
        name,
        subject,
        judge: openJudge(policy),
        replaceCertificate: flags.on(FLAG.force),
        ...(serials === undefined ? {} : { serials }),
        ...(key === undefined ? {} : { key: parseKeySpec(key) }),
        ...(validity === undefined ? {} : { validity }),
      },
      deps,
    );
  });
  notes.push(...warningLines(issued.findings, call.notePaint));
  if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: lineJson(issued), notes };
  // A line that was there has used its first serials.
  const next = flags.on(FLAG.force)
    ? undefined
    : nextCommand(flags, name, issued.serials?.from ?? "200000001");
  const out = flags.on(FLAG.quiet) ? "" : lineText(issued, next, paint, host.stdout.columns);
  return { exitCode: EXIT.done, out, notes };
}

function nextCommand(flags: Flags, line: string, serial: string): string {
  const directory = vendorDirectory(flags);
  const where = directory === "." ? "" : ` --dir ${shellQuoted(directory)}`;
  const policy = flags.text(FLAG.policy);
  const rules = policy === undefined ? "" : ` --policy ${shellQuoted(policy)}`;
  return `samicerts client ${serial} MyAwesomeDevice --line ${line}${rules}${where}`;
}
