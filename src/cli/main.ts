import { SamicertsError } from "../base/errors.ts";
import { errorDocument, errorText } from "../report/error.ts";
import type { Paint } from "../report/paint.ts";
import { paintFor } from "./colour.ts";
import type { Outcome } from "./command-spec.ts";
import { COMMANDS } from "./command-table.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./exit-codes.ts";
import { describeFault } from "./fault.ts";
import { FLAG } from "./flags.ts";
import { type Host, processHost } from "./host.ts";
import type { Parsed } from "./parse-arguments.ts";
import { readPlainly } from "./plain-arguments.ts";
import { VERSION } from "./version.ts";

/** Runs the command that this process was started with and leaves its exit code in `process.exitCode`. */
export async function main(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2), processHost());
}

/** Runs one command line, `words` being what follows `samicerts`; prints its result or its error and gives the exit code. */
export async function run(words: readonly string[], host: Host): Promise<ExitCode> {
  const flagsEnd = words.indexOf("--");
  const flagWords = flagsEnd === -1 ? words : words.slice(0, flagsEnd);
  const colours = !flagWords.includes(`--${FLAG.noColor.name}`);
  try {
    if (words.length === 1 && words[0] === "--version") {
      host.stdout.write(`${VERSION}\n`);
      return EXIT.done;
    }
    const parsed = readPlainly(words, host.env) ?? (await parseAll(words, host));
    if (parsed.kind === "show") {
      host.stdout.write(parsed.text);
      return EXIT.done;
    }
    const { command, operands, flags } = parsed;
    if (command.load === undefined) throw new Error(`${command.name} can't be run`);
    const { run: runCommand } = await command.load();
    const paint = await paintFor(host.env, host.stdout, colours);
    const notePaint = await paintFor(host.env, host.stderr, colours);
    const call = { operands, flags, host, paint, notePaint, commands: COMMANDS };
    return await print(await runCommand(call), host, notePaint);
  } catch (thrown) {
    return await fail(thrown, host, colours, wantsJson(flagWords));
  }
}

async function parseAll(words: readonly string[], host: Host): Promise<Parsed> {
  const { parseArguments } = await import("./parse-arguments.ts");
  return parseArguments(words, host, VERSION);
}

async function print(outcome: Outcome, host: Host, notePaint: Paint): Promise<ExitCode> {
  const { out, exitCode } = outcome;
  for (const note of outcome.notes ?? []) host.stderr.write(`${note}\n`);
  for (const error of outcome.errors ?? []) host.stderr.write(errorText(error, notePaint));
  let read = true;
  for await (const piece of typeof out === "string" ? [out] : out) {
    read = read && host.stdout.write(piece);
    if (!read && typeof exitCode !== "function") break;
  }
  return typeof exitCode === "function" ? exitCode() : exitCode;
}

async function fail(thrown: unknown, host: Host, colours: boolean, json: boolean): Promise<ExitCode> {
  const error = thrown instanceof SamicertsError ? thrown : describeFault(thrown);
  const exitCode = error instanceof SamicertsError ? exitCodeOf(error.kind) : EXIT.bug;
  const paint = await paintFor(host.env, host.stderr, colours);
  const debug = (host.env.SAMICERTS_DEBUG ?? "") !== "";
  try {
    host.stderr.write(errorText(error, paint));
    if (debug) host.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
    if (json) host.stdout.write(`${JSON.stringify(errorDocument(error), null, 2)}\n`);
  } catch {
    // Nowhere to print to: the exit code still tells.
  }
  return exitCode;
}

/** Looked for in the words themselves: where they can't be read, there are no flags to ask. */
function wantsJson(words: readonly string[]): boolean {
  const format = `--${FLAG.format.name}`;
  return (
    words.includes(`--${FLAG.json.name}`) ||
    words.includes(`${format}=json`) ||
    words.some((word, index) => word === format && words[index + 1] === "json")
  );
}
