import { SamicertsError } from "../base/errors.ts";
import type { CheckTally, Discrepancy } from "./discrepancy.ts";
import { type CheckDeps, checkLedger } from "./ledger-check.ts";

/** What became of a discrepancy. */
export interface Repair {
  readonly discrepancy: Discrepancy;
  /** What was done, where it was mended. */
  readonly done?: string;
  /** Why it could not be mended although it should. */
  readonly error?: SamicertsError;
}

/** Mends what can be mended and tells of the rest; every mending goes into the ledger's record. Throws as `checkLedger`. */
export function* repairLedger(deps: CheckDeps): Generator<Repair, CheckTally> {
  const check = checkLedger(deps);
  for (;;) {
    const step = check.next();
    if (step.done === true) return step.value;
    yield repair(step.value, deps);
  }
}

function repair(discrepancy: Discrepancy, deps: CheckDeps): Repair {
  const { mend, serial, rule } = discrepancy;
  if (mend === undefined) return { discrepancy };
  try {
    const done = mend();
    const about = serial === undefined ? {} : { serial: serial.decimal };
    deps.ledger.note({ kind: "repaired", atMs: deps.clock.now(), detail: `${rule}: ${done}`, ...about });
    return { discrepancy, done };
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    return { discrepancy, error };
  }
}
