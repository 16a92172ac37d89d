import { Command, CommanderError, Option } from "commander";
import type { CommandSpec, OperandSpec } from "./command-spec.ts";
import { COMMANDS } from "./command-table.ts";
import { Flags } from "./flag-values.ts";
import { FLAG, type FlagSpec, HELP_GROUP } from "./flags.ts";
import { commandNotes, programNotes } from "./help.ts";
import type { Host } from "./host.ts";
import { note, type PlainCall } from "./plain-arguments.ts";
import {
  excessOperands,
  missingOperand,
  missingValue,
  type NamedCommand,
  unknownCommand,
  unknownFlag,
} from "./usage.ts";

/** What the command line asks for: a command to run, or a text to show. */
export type Parsed = PlainCall | { readonly kind: "show"; readonly text: string };

/** Flags that may also stand before the command, as git has it. */
const GLOBAL: readonly FlagSpec[] = [FLAG.dir, FLAG.json, FLAG.quiet, FLAG.noColor, FLAG.noInput];

/** Reads the words after `samicerts`; throws `usage.*`. */
export function parseArguments(words: readonly string[], host: Host, version: string): Parsed {
  const shown: string[] = [];
  const state: { found?: Parsed } = {};
  const program = base(new Command("samicerts"), host, shown)
    .description("A certificate authority for device vendors: one root, one certificate per device.")
    .usage("<command> [flags]")
    .version(version, "-V, --version", "print the version")
    .enablePositionalOptions()
    .helpCommand(false)
    .addHelpText("after", programNotes);
  const before = new Map<string, string[]>();
  for (const flag of GLOBAL) addFlag(program, flag, before, true);

  const add = (parent: Command, spec: CommandSpec, path: string): void => {
    const command = parent.command(spec.name).summary(spec.summary);
    const ownUsage = spec.load === undefined ? "<command> [flags]" : "[command] [flags]";
    command.usage(spec.commands === undefined ? operandUsage(spec) : ownUsage);
    // A command that is not called is only listed; setting them all up would cost each one milliseconds.
    if (!words.includes(spec.name)) return;
    const named = { path, spec };
    base(command, host, shown).description(capital(spec.summary));
    command
      .exitOverride((error) => rethrow(error, command, named))
      .addHelpText("after", () => commandNotes(spec));
    if (spec.commands !== undefined) {
      command.enablePositionalOptions().helpCommand(false);
      for (const flag of GLOBAL) if (!spec.flags.includes(flag)) addFlag(command, flag, before, true);
      for (const inner of spec.commands) add(command, inner, `${path} ${inner.name}`);
      if (spec.load === undefined) return;
    }
    const given = new Map<string, string[]>();
    for (const flag of spec.flags) addFlag(command, flag, given, false);
    if (spec.flags.length > 0)
      command.addHelpOption(new Option("-h, --help", "show this help").helpGroup(HELP_GROUP));
    for (const operand of spec.operands) {
      command.argument(operandTerm(operand), operand.summary);
    }
    command.action(() => {
      const flags = new Flags(new Map([...before, ...given]), host.env);
      state.found = { kind: "run", command: spec, operands: command.args, flags };
    });
  };
  // Only help and slips of the pen need the others: each takes its part of a millisecond.
  const called = COMMANDS.filter(({ name }) => words.includes(name));
  for (const spec of called.length > 0 ? called : COMMANDS) add(program, spec, spec.name);
  program.exitOverride((error) => rethrow(error, program, undefined));

  try {
    program.parse(words[0] === "help" ? [...words.slice(1), "--help"] : [...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError) || shown.length === 0) throw error;
  }
  return state.found ?? { kind: "show", text: shown.join("") };
}

function base(command: Command, host: Host, shown: string[]): Command {
  const show = (text: string): void => {
    shown.push(text);
  };
  return command
    .configureOutput({
      writeOut: show,
      // Only help for a group without a command goes here; errors are thrown instead of written.
      writeErr: show,
      outputError: () => {},
      getOutHelpWidth: () => host.stdout.columns,
      getErrHelpWidth: () => host.stdout.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ subcommandTerm })
    .helpOption("-h, --help", "show this help")
    .showSuggestionAfterError(false);
}

/** A command in the list of commands, without `[flags]`. */
function subcommandTerm(command: Command): string {
  return [command.name(), command.usage().replace(/^\[flags\] ?|^[<[]command[>\]] .*/, "")]
    .join(" ")
    .trimEnd();
}

function operandUsage(spec: CommandSpec): string {
  return ["[flags]", ...spec.operands.map(operandTerm)].join(" ");
}

function operandTerm(operand: OperandSpec): string {
  const name = operand.repeatable === true ? `${operand.name}...` : operand.name;
  return operand.optional === true ? `[${name}]` : `<${name}>`;
}

function addFlag(command: Command, flag: FlagSpec, given: Map<string, string[]>, hidden: boolean): void {
  const option = new Option(
    `--${flag.name}${flag.value === undefined ? "" : ` <${flag.value}>`}`,
    flag.summary,
  );
  command.addOption(option.hideHelp(hidden).helpGroup(flag.group));
  // Listening, instead of asking commander afterwards, tells apart what was given from what is a default.
  command.on(`option:${option.name()}`, (value: string | null | undefined) => note(given, flag, value ?? ""));
}

function rethrow(error: CommanderError, command: Command, named: NamedCommand | undefined): never {
  const quoted = /'(.*)'/s.exec(error.message)?.[1] ?? "";
  switch (error.code) {
    case "commander.unknownCommand":
      throw unknownCommand(quoted, named?.path ?? "", named?.spec.commands ?? COMMANDS);
    case "commander.unknownOption":
      throw unknownFlag(quoted, named);
    case "commander.optionMissingArgument":
      throw missingValue(quoted);
    case "commander.missingArgument":
      if (named !== undefined) throw missingOperand(named, command.args.length);
      throw error;
    case "commander.excessArguments":
      if (named?.spec.commands !== undefined)
        throw unknownCommand(command.args[0] ?? "", named.path, named.spec.commands);
      if (named !== undefined) throw excessOperands(named, command.args);
      throw error;
    case "commander.helpDisplayed": {
      const [word] = command.args;
      const commands = named === undefined ? COMMANDS : named.spec.commands;
      if (commands !== undefined && word !== undefined && !word.startsWith("-"))
        throw unknownCommand(word, named?.path ?? "", commands);
      throw error;
    }
    default:
      throw error;
  }
}

function capital(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}
