import type { CommandSpec } from "./command-spec.ts";
import { COMMANDS } from "./command-table.ts";
import { Flags } from "./flag-values.ts";
import type { FlagSpec } from "./flags.ts";

/** A command to be run, with what it was given. */
export interface PlainCall {
  readonly kind: "run";
  readonly command: CommandSpec;
  readonly operands: readonly string[];
  readonly flags: Flags;
}

/**
 * Reads a command line in which nothing is to be asked about: a command first, then its operands and flags, each as its
 * specification has it. Gives undefined for every other, right or wrong: the reader that knows all of them, and what to
 * say of slips, takes longer to load than most commands take to run.
 */
export function readPlainly(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): PlainCall | undefined {
  let commands: readonly CommandSpec[] | undefined = COMMANDS;
  let command: CommandSpec | undefined;
  let at = 0;
  while (commands !== undefined) {
    const next: CommandSpec | undefined = commands.find(({ name }) => name === words[at]);
    if (next === undefined && command?.load === undefined) return undefined;
    if (next === undefined) break;
    command = next;
    commands = command.commands;
    at++;
  }
  if (command === undefined) return undefined;

  const given = new Map<string, string[]>();
  const operands: string[] = [];
  while (at < words.length) {
    const word = words[at++] as string;
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      continue;
    }
    const split = word.indexOf("=");
    const name = split < 0 ? word : word.slice(0, split);
    const flag = command.flags.find((each) => `--${each.name}` === name);
    if (flag === undefined) return undefined;
    if (flag.value === undefined) {
      if (split >= 0) return undefined;
      note(given, flag, "");
      continue;
    }
    const value = split < 0 ? words[at++] : word.slice(split + 1);
    // Where it begins with a dash, one may have forgotten the value.
    if (value === undefined || (split < 0 && value.startsWith("-"))) return undefined;
    note(given, flag, value);
  }
  if (!fits(command, operands.length)) return undefined;
  return { kind: "run", command, operands, flags: new Flags(given, env) };
}

/** Notes a flag that was given; of one that is not repeatable the last counts. */
export function note(given: Map<string, string[]>, flag: FlagSpec, value: string): void {
  const earlier = flag.repeatable === true ? (given.get(flag.name) ?? []) : [];
  given.set(flag.name, [...earlier, value]);
}

function fits({ operands }: CommandSpec, count: number): boolean {
  const least = operands.filter(({ optional }) => optional !== true).length;
  const most = operands.at(-1)?.repeatable === true ? Number.POSITIVE_INFINITY : operands.length;
  return count >= least && count <= most;
}
