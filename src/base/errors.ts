import type { Finding } from "./finding.ts";

/**
 * What sort of failure an error is; the command line maps each to one exit code.
 *
 * - `refused`: the policy said no (exit 1)
 * - `input`: an argument or an input file is wrong or unreadable as what it should be (exit 2)
 * - `io`: the machine could not read or write (exit 3)
 * - `exists`: it is there already, or the serial was used (exit 4)
 * - `key`: a key, passphrase or token is missing, wrong or unsafe (exit 5)
 */
export type ErrorKind = "refused" | "input" | "io" | "exists" | "key";

/** Everything an error says. */
export interface ErrorParts {
  readonly kind: ErrorKind;
  /** Stable, dotted, lower case: `serial.duplicate`. Scripts may rely on it. */
  readonly code: string;
  /** What went wrong, naming the file, line and value; one line. */
  readonly message: string;
  /** What to do about it; one line. */
  readonly hint: string;
  /** The findings of severity error that caused a refusal. */
  readonly findings?: readonly Finding[];
  readonly cause?: unknown;
}

/** The one error that leaves an action: a stable code, a message with the facts, and a hint that helps. */
export class SamicertsError extends Error {
  override readonly name: string = "SamicertsError";
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint: string;
  readonly findings: readonly Finding[];

  /** Told by its name and code: the command's parts, and the library beside it, each carry this class of their own. */
  static override [Symbol.hasInstance](value: unknown): value is SamicertsError {
    return value instanceof Error && value.name === "SamicertsError" && "code" in value;
  }

  constructor(parts: ErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.kind = parts.kind;
    this.code = parts.code;
    this.hint = parts.hint;
    this.findings = parts.findings ?? [];
  }
}
