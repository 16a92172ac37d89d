import type { CommandSpec } from "./command-spec.ts";
import { EXIT_MEANINGS } from "./exit-codes.ts";

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
  const examples = ["", "Examples:", ...spec.examples.map((line) => `  ${line}`)].join("\n");
  return spec.exitCodes.length === 0
    ? examples
    : `${examples}\n\n${exitLines(spec.exitCodes, spec.exitMeanings)}`;
}

function exitLines(codes: readonly number[], own: CommandSpec["exitMeanings"] = new Map()): string {
  const lines = [...EXIT_MEANINGS]
    .filter(([code]) => codes.includes(code))
    .map(([code, meaning]) => `  ${String(code).padEnd(4)}${own.get(code) ?? meaning}`);
  return ["Exit codes:", ...lines].join("\n");
}
