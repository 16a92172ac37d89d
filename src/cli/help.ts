import type { CommandSpec } from "./command-spec.ts";
import { EXIT_MEANINGS } from "./exit-codes.ts";

const HELP_WIDTH = 80;
const INDENT = 2;
/** The blank and the backslash that end a line which goes on. */
const CONTINUED = 2;

/** What follows the list of commands in `samicerts --help`. */
export function programNotes(): string {
  return `
Examples:
  samicerts root /C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority
  samicerts client 100000001 MyAwesomeDevice
  samicerts verify devices/100000001.crt

${exitLines([...EXIT_MEANINGS.keys()])}`;
}

/** What follows the flags in a command's help: lines to paste, and its exit codes. */
export function commandNotes(spec: CommandSpec): string {
  const examples = ["", "Examples:", ...spec.examples.map(exampleText)].join("\n");
  return spec.exitCodes.length === 0
    ? examples
    : `${examples}\n\n${exitLines(spec.exitCodes, spec.exitMeanings)}`;
}

/** A line to paste; a long one in two, as a shell puts them together. */
function exampleText(line: string): string {
  const at = line.lastIndexOf(" --", HELP_WIDTH - INDENT - CONTINUED);
  if (line.length <= HELP_WIDTH - INDENT || at < 0) return `  ${line}`;
  return `  ${line.slice(0, at)} \\\n    ${line.slice(at + 1)}`;
}

function exitLines(codes: readonly number[], own: CommandSpec["exitMeanings"] = new Map()): string {
  const lines = [...EXIT_MEANINGS]
    .filter(([code]) => codes.includes(code))
    .map(([code, meaning]) => `  ${String(code).padEnd(4)}${own.get(code) ?? meaning}`);
  return ["Exit codes:", ...lines].join("\n");
}
