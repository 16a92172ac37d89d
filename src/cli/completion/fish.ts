import type { CommandSpec } from "../command-spec.ts";
import { type Branch, branches, type Completes } from "./branches.ts";

/** The completion script for fish. */
export function fishCompletion(commands: readonly CommandSpec[], policies: readonly string[]): string {
  const all = branches(commands);
  const names = commands.map(({ name }) => name).join(" ");
  const top = commands.map(
    ({ name, summary }) =>
      `complete -c samicerts -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d ${quoted(summary)}`,
  );
  return `# fish completion for samicerts
complete -c samicerts -f
complete -c samicerts -l help -d 'show help'
${[...top, ...all.flatMap((branch) => branchLines(branch, all, policies))].join("\n")}
`;
}

function branchLines(branch: Branch, all: readonly Branch[], policies: readonly string[]): string[] {
  const seen = branch.path
    .split(" ")
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join("; and ");
  const names = branch.commands.join(" ");
  const commands = branch.commands.map((name) => {
    const summary = all.find(({ path }) => path === `${branch.path} ${name}`)?.summary ?? "";
    const condition = `${seen}; and not __fish_seen_subcommand_from ${names}`;
    return `complete -c samicerts -n '${condition}' -a ${name} -d ${quoted(summary)}`;
  });
  const flags = branch.flags.map((flag) => {
    const value = flag.value === undefined ? "" : ` -r ${offer(flag.completes, policies)}`;
    return `complete -c samicerts -n '${seen}' -l ${flag.name}${value} -d ${quoted(flag.summary)}`;
  });
  const operands = branch.operands
    .filter(({ completes }) => completes !== undefined && completes.length > 0)
    .map((operand) => `complete -c samicerts -n '${seen}' ${offer(operand.completes, policies)}`);
  return [...commands, ...flags, ...operands];
}

function offer(completes: Completes | undefined, policies: readonly string[]): string {
  if (completes === "file") return "-F";
  if (completes === "directory") return "-f -a '(__fish_complete_directories)'";
  if (completes === "policy") return `-F -a ${quoted(policies.join(" "))}`;
  return `-f -a ${quoted((completes ?? []).join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
