import type { SamicertsError } from "../base/errors.ts";
import type { Paint } from "../report/paint.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Flags } from "./flag-values.ts";
import type { Completes, FlagSpec } from "./flags.ts";
import type { Host } from "./host.ts";

/** What stands on the command line without a flag. */
export interface OperandSpec {
  readonly name: string;
  readonly summary: string;
  readonly optional?: true;
  readonly repeatable?: true;
  readonly completes?: Completes;
}

/** A command as it was called. */
export interface Call {
  readonly operands: readonly string[];
  readonly flags: Flags;
  readonly host: Host;
  /** How stdout is coloured. */
  readonly paint: Paint;
  /** How stderr is coloured. */
  readonly notePaint: Paint;
  /** Every command there is, for those that tell of them. */
  readonly commands: readonly CommandSpec[];
}

/** What a command gives back; only main prints and exits. */
export interface Outcome {
  /** A function where it is known only when all of `out` was taken: then all of it is, even if nobody reads it. */
  readonly exitCode: ExitCode | (() => ExitCode);
  /** The result, for stdout; in pieces where it is long. */
  readonly out: string | Iterable<string> | AsyncIterable<string>;
  /** What a person should know beside the result, one line each, for stderr. */
  readonly notes?: readonly string[];
  /** What went wrong with single things while the command as a whole went on, for stderr. */
  readonly errors?: readonly SamicertsError[];
}

/** A command's code, loaded when it is called. */
export interface CommandModule {
  run(call: Call): Outcome | Promise<Outcome>;
}

/** One command: what help, completion and the parser know of it. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly operands: readonly OperandSpec[];
  readonly flags: readonly FlagSpec[];
  /** Lines that work as pasted. */
  readonly examples: readonly string[];
  readonly exitCodes: readonly ExitCode[];
  /** What some of them mean where this command says something else with them. */
  readonly exitMeanings?: ReadonlyMap<ExitCode, string>;
  /** Its code, or its commands; both where it is run when none of them is named. */
  readonly load?: () => Promise<CommandModule>;
  readonly commands?: readonly CommandSpec[];
}
