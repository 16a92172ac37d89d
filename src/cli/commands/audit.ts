import { type AuditFilter, type AuditInput, readAudit, verifyAudit } from "../../actions/audit.ts";
import { EVENT_KINDS } from "../../ledger/event.ts";
import { auditText, auditVerifyText } from "../../report/human-audit.ts";
import { auditHeadJson, auditJson, auditVerifyJson } from "../../report/json-audit.ts";
import { parseSerial } from "../../x509/serial.ts";
import { parseTime } from "../../x509/time.ts";
import { AUDIT_FLAG } from "../audit-flags.ts";
import type { CommandModule, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG, type FlagSpec } from "../flags.ts";
import { openExistingLedger } from "../open-existing-ledger.ts";
import { choice, usageError } from "../usage.ts";

/** `audit show`: what was done and refused. */
export const show: CommandModule = {
  run({ flags, host, paint }): Outcome {
    const input = readInput(flags);
    const json = flags.on(FLAG.json);
    const ledger = openExistingLedger(flags);

    function* print(): Generator<string> {
      try {
        const lines = readAudit(input, ledger);
        if (json) yield* auditJson(lines);
        else yield* auditText(lines.events, paint);
        const next = lines.next();
        if (next !== undefined && !json) host.stderr.write(`there is more: go on with --after ${next}\n`);
      } finally {
        ledger.close();
      }
    }

    return { exitCode: EXIT.done, out: print() };
  },
};

/** `audit verify`: whether the record is whole. */
export const verify: CommandModule = {
  run({ flags, host, paint }): Outcome {
    const head = readHead(flags);
    const json = flags.on(FLAG.json);
    const ledger = openExistingLedger(flags);
    let isWrong = false;
    try {
      const found = verifyAudit(ledger, head);
      const watched = (function* () {
        for (;;) {
          const step = found.next();
          if (step.done === true) return step.value;
          isWrong = true;
          yield step.value;
        }
      })();
      const style = { paint, quiet: flags.on(FLAG.quiet), width: host.stdout.columns };
      // Made before the first is printed: only then the exit code is known.
      const pieces = [...(json ? auditVerifyJson(watched) : auditVerifyText(watched, style))];
      return { exitCode: isWrong ? EXIT.notCompliant : EXIT.done, out: pieces };
    } finally {
      ledger.close();
    }
  },
};

/** `audit head`: the newest line's hash. */
export const head: CommandModule = {
  run({ flags }): Outcome {
    const ledger = openExistingLedger(flags);
    try {
      const { last } = ledger.eventEnd();
      if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: auditHeadJson(last) };
      const hash = last?.hash;
      const out = hash === undefined ? "" : `${Buffer.from(hash).toString("hex")}\n`;
      const notes =
        hash === undefined ? ["the record has no hash yet: the next thing that is done begins it"] : [];
      return { exitCode: EXIT.done, out, notes };
    } finally {
      ledger.close();
    }
  },
};

function readInput(flags: Flags): AuditInput {
  const limit = readNumber(flags, AUDIT_FLAG.limit);
  const after = readNumber(flags, AUDIT_FLAG.after);
  const last = readNumber(flags, AUDIT_FLAG.last);
  if (last !== undefined && limit !== undefined)
    throw usageError("conflict", "--last and --limit can't be given together", "keep one of them");
  return {
    filter: readFilter(flags),
    ...(limit === undefined ? {} : { limit }),
    ...(after === undefined ? {} : { after }),
    ...(last === undefined ? {} : { last }),
  };
}

function readFilter(flags: Flags): AuditFilter {
  const kinds = flags.all(AUDIT_FLAG.kind).map((kind) => choice("kind", kind, EVENT_KINDS) ?? kind);
  const serial = flags.text(AUDIT_FLAG.serial);
  const batch = readNumber(flags, AUDIT_FLAG.batch);
  const since = flags.text(AUDIT_FLAG.since);
  const until = flags.text(AUDIT_FLAG.until);
  return {
    ...(kinds.length === 0 ? {} : { kinds }),
    ...(serial === undefined ? {} : { serial: parseSerial(serial).toString() }),
    ...(batch === undefined ? {} : { batch }),
    ...(since === undefined ? {} : { sinceMs: parseTime(since) }),
    ...(until === undefined ? {} : { untilMs: parseTime(until) }),
  };
}

function readNumber(flags: Flags, flag: FlagSpec): number | undefined {
  const text = flags.text(flag);
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw usageError(
    "number",
    `--${flag.name} can't be "${text}"`,
    `write a whole number from 1 on, as in --${flag.name} 100`,
  );
}

function readHead(flags: Flags): Uint8Array | undefined {
  const text = flags.text(AUDIT_FLAG.head);
  if (text === undefined) return undefined;
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, "hex");
  throw usageError(
    "head",
    `--head can't be ${JSON.stringify(text.slice(0, 80))}`,
    "give the 64 hexadecimal digits that samicerts audit head printed",
  );
}
