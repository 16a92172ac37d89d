import type { CommandSpec, OperandSpec } from "../command-spec.ts";
import type { Completes, FlagSpec } from "../flags.ts";

export type { Completes } from "../flags.ts";

/** One command with the words that lead to it, as a shell completes it. */
export interface Branch {
  /** `policy show`. */
  readonly path: string;
  readonly summary: string;
  readonly operands: readonly OperandSpec[];
  readonly flags: readonly FlagSpec[];
  /** The commands below it, by name. */
  readonly commands: readonly string[];
}

/** Every command and every command below one. */
export function branches(commands: readonly CommandSpec[], above = ""): Branch[] {
  return commands.flatMap((spec) => {
    const path = above === "" ? spec.name : `${above} ${spec.name}`;
    const { summary, operands, flags } = spec;
    const inner = spec.commands ?? [];
    return [
      { path, summary, operands, flags, commands: inner.map(({ name }) => name) },
      ...branches(inner, path),
    ];
  });
}

/** The names of all flags that take a value, each once. */
export function valueFlags(all: readonly Branch[]): string[] {
  const names = all.flatMap(({ flags }) =>
    flags.filter(({ value }) => value !== undefined).map(({ name }) => name),
  );
  return [...new Set(names)];
}

/** Whether a value is one of a few words, rather than a path or free text. */
export function isChoice(completes: Completes | undefined): completes is readonly string[] {
  return Array.isArray(completes) && completes.length > 0;
}
