import type { CommandSpec } from "../command-spec.ts";
import { type Branch, branches, type Completes, valueFlags } from "./branches.ts";

/** The completion script for bash 3.2 and newer. */
export function bashCompletion(commands: readonly CommandSpec[], policies: readonly string[]): string {
  const all = branches(commands);
  return `# bash completion for samicerts
_samicerts() {
  local line cur prev word command= skip= place=0
  local -a words
  # bash splits words at colons, which a kind of key has
  line=\${COMP_LINE:0:COMP_POINT}
  read -ra words <<< "$line"
  cur=
  if [[ $line != *[[:space:]] ]]; then
    cur=\${words[\${#words[@]}-1]}
    unset "words[\${#words[@]}-1]"
  fi
  prev=\${words[\${#words[@]}-1]}
  for word in "\${words[@]:1}"; do
    if [[ -n $skip ]]; then skip=; continue; fi
    case $word in
      ${flagPattern(all)}) skip=1; continue ;;
      -?*) continue ;;
    esac
    case "$command $word" in
      ${all.map((branch) => quoted(branch.path.includes(" ") ? branch.path : ` ${branch.path}`)).join("|")}) command=\${command:+$command }$word ;;
      *) place=$((place + 1)) ;;
    esac
  done
  COMPREPLY=()
  case "$command $prev" in
    " --dir") _samicerts_paths -d; return ;;
${all.flatMap((branch) => branch.flags.filter((flag) => flag.value !== undefined).map((flag) => `    ${quoted(`${branch.path} --${flag.name}`)}) ${offer(flag.completes, policies)}; return ;;`)).join("\n")}
  esac
  if [[ $cur == -* ]]; then
    case "$command" in
      "") _samicerts_words "--help --version" ;;
${all.map((branch) => `      ${quoted(branch.path)}) _samicerts_words ${quoted([...branch.flags.map((flag) => `--${flag.name}`), "--help"].join(" "))} ;;`).join("\n")}
    esac
    return
  fi
  case "$command $place" in
    " 0") _samicerts_words ${quoted(commands.map((command) => command.name).join(" "))} ;;
${all.flatMap((branch) => operandCases(branch, policies)).join("\n")}
  esac
}
_samicerts_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then COMPREPLY=("\${COMPREPLY[@]#"\${cur%:*}:"}"); fi
}
_samicerts_paths() {
  compopt -o filenames 2> /dev/null
  local IFS=$'\\n'
  COMPREPLY=($(compgen "$1" -- "$cur") \${2:+$(compgen -W "\${2// /$'\\n'}" -- "$cur")})
}
complete -F _samicerts samicerts
`;
}

function operandCases(branch: Branch, policies: readonly string[]): string[] {
  if (branch.commands.length > 0)
    return [`    ${quoted(`${branch.path} 0`)}) _samicerts_words ${quoted(branch.commands.join(" "))} ;;`];
  return branch.operands.map((operand, index) => {
    const place =
      operand.repeatable === true ? `${quoted(`${branch.path} `)}*` : quoted(`${branch.path} ${index}`);
    return `    ${place}) ${offer(operand.completes, policies)} ;;`;
  });
}

function offer(completes: Completes | undefined, policies: readonly string[]): string {
  if (completes === "file") return "_samicerts_paths -f";
  if (completes === "directory") return "_samicerts_paths -d";
  if (completes === "policy") return `_samicerts_paths -f ${quoted(policies.join(" "))}`;
  return completes === undefined || completes.length === 0
    ? ":"
    : `_samicerts_words ${quoted(completes.join(" "))}`;
}

function flagPattern(all: readonly Branch[]): string {
  return valueFlags(all)
    .map((name) => `--${name}`)
    .join("|");
}

function quoted(text: string): string {
  return `"${text}"`;
}
