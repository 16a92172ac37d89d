import { needsRenewal as judgeNeed } from "../../actions/needs-renewal.ts";
import { type RenewInput, renew as renewCertificate } from "../../actions/renew.ts";
import { SamicertsError } from "../../base/errors.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { openJudge } from "../../open-judge.ts";
import { policyInForce } from "../../open-policy.ts";
import { warningLines } from "../../report/human-issue.ts";
import { needText, renewText } from "../../report/human-renew.ts";
import { needJson, renewJson } from "../../report/json-renew.ts";
import { parseKeySpec } from "../../x509/algorithms.ts";
import { parseSerial } from "../../x509/serial.ts";
import type { Call, CommandModule, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { readForeignKey } from "../foreign-key.ts";
import { readNamedCertificate } from "../named-certificate.ts";
import { openExistingLedger } from "../open-existing-ledger.ts";
import { refuseNewPassphrase } from "../passphrase.ts";
import { RENEW_FLAG } from "../renew-flags.ts";
import { readSpan, readValidity } from "../span.ts";
import { openIssuingDeps, withDeps } from "../wire.ts";

const DEFAULT_WITHIN = "30d";

/** `renew`: a new certificate for the same key. */
export const renew: CommandModule = { run: (call) => replace(call, "renew") };

/** `rekey`: a new certificate for a new key. */
export const rekey: CommandModule = { run: (call) => replace(call, "rekey") };

/** `needs-renewal`: the exit code says whether. */
export const needsRenewal: CommandModule = {
  run({ operands, flags, paint }): Outcome {
    const nowMs = Date.now();
    const named = readNamedCertificate(operands[0] ?? "");
    const withinMs = readSpan(flags.text(RENEW_FLAG.within) ?? DEFAULT_WITHIN, nowMs);
    const ledger = openLedgerFor(flags, "file" in named);
    try {
      const need = judgeNeed(named, flags.text(RENEW_FLAG.line), ledger, withinMs, nowMs);
      const exitCode = need.needed ? EXIT.done : EXIT.notCompliant;
      if (flags.on(FLAG.json)) return { exitCode, out: needJson(need) };
      return { exitCode, out: flags.on(FLAG.quiet) ? "" : needText(need, paint) };
    } finally {
      ledger?.close();
    }
  },
};

function replace(call: Call, how: RenewInput["how"]): Outcome {
  const { flags, host, paint, notePaint } = call;
  const named = readNamedCertificate(call.operands[0] ?? "");
  const line = flags.text(RENEW_FLAG.line);
  const serial = flags.text(RENEW_FLAG.serial);
  const key = how === "rekey" ? flags.text(FLAG.key) : undefined;
  const foreignKey = how === "rekey" ? readForeignKey(flags) : undefined;
  if (foreignKey !== undefined) refuseNewPassphrase(flags, "new", "the device keeps its key to itself");
  const notes: string[] = [];
  const warn = (warning: string): void => void notes.push(`${notePaint.warn("warning:")} ${warning}`);
  const renewed = withDeps(openIssuingDeps(call, warn), (deps) => {
    const policy = policyInForce(flags.text(FLAG.policy), deps.workspace);
    const validity = readValidity(flags, deps.clock.now());
    return renewCertificate(
      {
        named,
        how,
        judge: openJudge(policy),
        revoke: flags.on(RENEW_FLAG.revoke),
        ...(line === undefined ? {} : { line }),
        ...(serial === undefined ? {} : { serial: parseSerial(serial) }),
        ...(key === undefined ? {} : { key: parseKeySpec(key) }),
        ...(foreignKey === undefined ? {} : { foreignKey }),
        ...(validity === undefined ? {} : { validity }),
      },
      deps,
    );
  });
  notes.push(...warningLines(renewed.findings, notePaint));
  if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: renewJson(renewed), notes };
  const out = flags.on(FLAG.quiet) ? "" : renewText(renewed, paint, host.stdout.columns);
  return { exitCode: EXIT.done, out, notes };
}

/** A file's certificate can be judged without a ledger, and is where there is none. */
function openLedgerFor(flags: Flags, isFile: boolean): Ledger | undefined {
  try {
    return openExistingLedger(flags);
  } catch (error) {
    if (isFile && error instanceof SamicertsError && error.code === "ledger.missing") return undefined;
    throw error;
  }
}
