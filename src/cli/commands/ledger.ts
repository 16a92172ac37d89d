import type { CheckTally, Discrepancy } from "../../actions/discrepancy.ts";
import { type CheckDeps, checkLedger } from "../../actions/ledger-check.ts";
import { type Repair, repairLedger } from "../../actions/ledger-repair.ts";
import { openLedgerCheck } from "../../open-ledger-check.ts";
import { checkText, repairText } from "../../report/human-ledger.ts";
import { checkJson, repairJson } from "../../report/json-ledger.ts";
import { visible } from "../../report/layout.ts";
import type { Call, CommandModule, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { openExistingLedger } from "../open-existing-ledger.ts";
import { vendorDirectory } from "../vendor-directory.ts";

/** `ledger check`: whether the ledger and the files agree. */
export const check: CommandModule = {
  run(call) {
    const json = call.flags.on(FLAG.json);
    return examine(call, (deps, seen) => {
      const found = watched(checkLedger(deps), () => seen());
      return json ? checkJson(found) : checkText(found, styleOf(call));
    });
  },
};

/** `ledger repair`: mends what can be mended. */
export const repair: CommandModule = {
  run(call) {
    const json = call.flags.on(FLAG.json);
    return examine(call, (deps, seen) => {
      const repairs = watched(repairLedger(deps), ({ done }) => {
        if (done === undefined) seen();
      });
      return json ? repairJson(repairs) : repairText(repairs, styleOf(call));
    });
  },
};

/** `ledger backup`: copies the ledger as of this moment, while others go on writing. */
export const backup: CommandModule = {
  run({ operands, flags }) {
    const [file = ""] = operands;
    const ledger = openExistingLedger(flags);
    try {
      ledger.backup(file);
    } finally {
      ledger.close();
    }
    return {
      exitCode: EXIT.done,
      out: flags.on(FLAG.quiet) ? "" : `copied the ledger to ${visible(file)}\n`,
    };
  },
};

/** All pieces are made before the first is printed: only then the exit code is known. */
function examine(call: Call, report: (deps: CheckDeps, seen: () => void) => Generator<string>): Outcome {
  const directory = call.operands[0] ?? vendorDirectory(call.flags);
  const ledger = openExistingLedger(call.flags, directory);
  let isWrong = false;
  try {
    const pieces = [
      ...report(openLedgerCheck(directory, ledger), () => {
        isWrong = true;
      }),
    ];
    return { exitCode: isWrong ? EXIT.notCompliant : EXIT.done, out: pieces };
  } finally {
    ledger.close();
  }
}

function* watched<T extends Discrepancy | Repair>(
  found: Generator<T, CheckTally>,
  see: (one: T) => void,
): Generator<T, CheckTally> {
  for (;;) {
    const step = found.next();
    if (step.done === true) return step.value;
    see(step.value);
    yield step.value;
  }
}

function styleOf({ flags, paint, host }: Call) {
  return { paint, quiet: flags.on(FLAG.quiet), width: host.stdout.columns };
}
