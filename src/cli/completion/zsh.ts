import type { CommandSpec, OperandSpec } from "../command-spec.ts";
import type { FlagSpec } from "../flags.ts";
import { type Branch, branches, type Completes, isChoice } from "./branches.ts";

/** The completion script for zsh: to be sourced, or to lie in $fpath as _samicerts. */
export function zshCompletion(commands: readonly CommandSpec[], policies: readonly string[]): string {
  const all = branches(commands);
  return `#compdef samicerts
# zsh completion for samicerts
_samicerts() {
${dispatch(
  commands.map(({ name }) => name),
  all,
  "",
)}
}
${all.map((branch) => `${functionName(branch.path)}() {\n${body(branch, all, policies)}\n}`).join("\n")}
if [ "$funcstack[1]" = "_samicerts" ]; then _samicerts "$@"; else compdef _samicerts samicerts; fi
`;
}

function dispatch(
  names: readonly string[],
  all: readonly Branch[],
  above: string,
  flags: readonly string[] = [],
): string {
  const described = names.map((name) => {
    const path = above === "" ? name : `${above} ${name}`;
    return quoted(`${name}:${all.find((branch) => branch.path === path)?.summary ?? ""}`);
  });
  const own = ["'(- *)--help[show help]'", ...flags].join(" ");
  return `  local state line
  _arguments -C ${own} '1: :->command' '*:: :->rest'
  case $state in
    command) local -a commands=(${described.join(" ")}); _describe -t commands command commands ;;
    rest)
      case $line[1] in
${names.map((name) => `        ${name}) ${functionName(above === "" ? name : `${above} ${name}`)} ;;`).join("\n")}
      esac ;;
  esac`;
}

function body(branch: Branch, all: readonly Branch[], policies: readonly string[]): string {
  const flags = branch.flags.map((flag) => flagLine(flag, policies));
  if (branch.commands.length > 0) return dispatch(branch.commands, all, branch.path, flags);
  const lines = [
    quoted("(- *)--help[show help]"),
    ...flags,
    ...branch.operands.map((operand, index) => operandLine(operand, index, policies)),
  ];
  return `  _arguments -s ${lines.join(" \\\n    ")}`;
}

function flagLine(flag: FlagSpec, policies: readonly string[]): string {
  const star = flag.repeatable === true ? "*" : "";
  const value = flag.value === undefined ? "" : `:${escaped(flag.value)}:${action(flag.completes, policies)}`;
  return quoted(`${star}--${flag.name}[${escaped(flag.summary)}]${value}`);
}

function operandLine(operand: OperandSpec, index: number, policies: readonly string[]): string {
  const place = operand.repeatable === true ? "*" : String(index + 1);
  const colon = operand.optional === true && operand.repeatable !== true ? "::" : ":";
  return quoted(`${place}${colon}${escaped(operand.name)}:${action(operand.completes, policies)}`);
}

function action(completes: Completes | undefined, policies: readonly string[]): string {
  if (completes === "file") return "_files";
  if (completes === "directory") return "_files -/";
  if (completes === "policy") return `{ compadd -- ${policies.join(" ")}; _files }`;
  return isChoice(completes) ? `(${completes.map((word) => word.replaceAll(":", "\\:")).join(" ")})` : " ";
}

function functionName(path: string): string {
  return `_samicerts_${path.replaceAll(" ", "_")}`;
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
