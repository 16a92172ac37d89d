import { SamicertsError } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import type { CommandSpec } from "./command-spec.ts";

/** A command with the words that lead to it: `policy show`. */
export interface NamedCommand {
  readonly path: string;
  readonly spec: CommandSpec;
}

/** An error in how samicerts was called. */
export function usageError(code: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "input", code: `usage.${code}`, message, hint });
}

/** There is no such command; `within` are the words before it. */
export function unknownCommand(
  word: string,
  within: string,
  commands: readonly CommandSpec[],
): SamicertsError {
  const prefix = within === "" ? "samicerts" : `samicerts ${within}`;
  const near = nearestWord(
    word,
    commands.map((command) => command.name),
  );
  return usageError(
    "unknown-command",
    `there is no command "${[within, word].filter((part) => part !== "").join(" ")}"`,
    near === undefined ? `${prefix} --help lists the commands` : `did you mean ${prefix} ${near}?`,
  );
}

/** The command has no such flag. */
export function unknownFlag(given: string, command: NamedCommand | undefined): SamicertsError {
  const name = given.split("=", 1)[0] ?? given;
  const prefix = command === undefined ? "samicerts" : `samicerts ${command.path}`;
  const flag = command?.spec.flags.find((each) => `--${each.name}` === name);
  if (flag !== undefined)
    return usageError("flag-value", `${name} takes no value`, `write ${name} alone, or leave it out`);
  if (/^-[0-9]/.test(name))
    return usageError(
      "unknown-flag",
      `${prefix} has no flag ${name}`,
      "was that to be a number? write one that is not negative",
    );
  if (!name.startsWith("--"))
    return usageError(
      "unknown-flag",
      `${prefix} has no flag ${name}`,
      `${prefix} --help lists the flags; write -- before a value that begins with a dash`,
    );
  const candidates = [...(command?.spec.flags ?? []).map((flag) => flag.name), "help", "version"];
  // Without the dashes, which are the same in all and would make short words seem near.
  const near = nearestWord(name.slice(2), candidates);
  return usageError(
    "unknown-flag",
    `${prefix} has no flag ${name}`,
    near === undefined ? `${prefix} --help lists the flags` : `did you mean --${near}?`,
  );
}

/** A flag that takes a value came without one; `flags` as help writes it, `--days <n>`. */
export function missingValue(flags: string): SamicertsError {
  return usageError("missing-value", `${flags.split(" ")[0]} needs a value`, `give it one, as in ${flags}`);
}

/** An operand is missing. */
export function missingOperand(command: NamedCommand, given: number): SamicertsError {
  const required = command.spec.operands.filter((operand) => operand.optional !== true);
  const missing = required.slice(given).map((operand) => `<${operand.name}>`);
  return usageError(
    "missing-operand",
    `samicerts ${command.path} needs ${missing.join(" and ")}`,
    `for example: ${command.spec.examples[0] ?? `samicerts ${command.path} --help`}`,
  );
}

/** There are more operands than the command takes; most often because a space was not quoted. */
export function excessOperands(command: NamedCommand, given: readonly string[]): SamicertsError {
  const { operands } = command.spec;
  const excess = given.slice(operands.length).map((word) => JSON.stringify(word));
  const takes =
    operands.length === 0
      ? "takes nothing beside its flags"
      : `takes ${operands.map((operand) => `<${operand.name}>`).join(" ")}`;
  const message = `samicerts ${command.path} ${takes}, so ${excess.join(" ")} is too much`;
  const last = operands.at(-1);
  if (last === undefined || last.completes === "file" || Array.isArray(last.completes) === false)
    return usageError("excess-operand", message, `samicerts ${command.path} --help shows what it takes`);
  const kept = given.slice(0, operands.length - 1);
  const joined = given.slice(operands.length - 1).join(" ");
  const line = ["samicerts", command.path, ...kept, shellQuoted(joined)].join(" ");
  return usageError("excess-operand", message, `is that a space in the ${last.name}? quote it: ${line}`);
}

/** One of a flag's words; throws `usage.choice` for another. */
export function choice<T extends string>(
  name: string,
  given: string | undefined,
  words: readonly T[],
): T | undefined {
  if (given === undefined) return undefined;
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  const last = words.at(-1) ?? "";
  throw usageError(
    "choice",
    `--${name} can't be "${given}"`,
    `use ${words.slice(0, -1).join(", ")} or ${last}`,
  );
}
