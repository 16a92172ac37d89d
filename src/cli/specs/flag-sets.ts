import { EXIT, type ExitCode } from "../exit-codes.ts";
import { FLAG, type FlagSpec } from "../flags.ts";

/** What a command takes whose result is all there is to it. */
export const SHOW_FLAGS: readonly FlagSpec[] = [FLAG.json, FLAG.noColor, FLAG.noInput];

/** What every command takes that does something. */
export const COMMON_FLAGS: readonly FlagSpec[] = [FLAG.json, FLAG.quiet, FLAG.noColor, FLAG.noInput];

/** What every command takes that issues. */
export const ISSUE_FLAGS: readonly FlagSpec[] = [
  FLAG.dir,
  FLAG.ledger,
  FLAG.newLedger,
  FLAG.policy,
  FLAG.key,
  FLAG.days,
  FLAG.validity,
  FLAG.notBefore,
  FLAG.notAfter,
];

/** How a command that issues may end. */
export const ISSUE_EXITS: readonly ExitCode[] = [
  EXIT.done,
  EXIT.notCompliant,
  EXIT.input,
  EXIT.io,
  EXIT.exists,
  EXIT.key,
];
