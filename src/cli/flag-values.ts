import { SamicertsError } from "../base/errors.ts";
import type { FlagSpec } from "./flags.ts";

/** What was given for one command: its flags, the environment standing in where a flag is absent. */
export class Flags {
  private readonly given: ReadonlyMap<string, readonly string[]>;
  private readonly env: Readonly<Record<string, string | undefined>>;

  constructor(
    given: ReadonlyMap<string, readonly string[]>,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.given = given;
    this.env = env;
  }

  /** Whether a switch was given. */
  on(flag: FlagSpec): boolean {
    return this.given.has(flag.name);
  }

  /** The last value given, or the environment's; throws `usage.empty-value` for an empty one. */
  text(flag: FlagSpec): string | undefined {
    const given = this.given.get(flag.name)?.at(-1);
    if (given !== undefined) return filled(flag, given);
    const standIn = flag.environment === undefined ? undefined : this.env[flag.environment];
    return standIn === "" ? undefined : standIn;
  }

  /** All values of a repeatable flag, in order; throws `usage.empty-value` for an empty one. */
  all(flag: FlagSpec): readonly string[] {
    return (this.given.get(flag.name) ?? []).map((value) => filled(flag, value));
  }
}

function filled(flag: FlagSpec, value: string): string {
  if (value !== "") return value;
  throw new SamicertsError({
    kind: "input",
    code: "usage.empty-value",
    message: `--${flag.name} was given an empty value`,
    hint: `give it a value, as in --${flag.name} <${flag.value ?? "value"}>, or leave it out; is a variable empty?`,
  });
}
