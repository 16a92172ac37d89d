import process from "node:process";
import { parseArgs } from "node:util";

/**
 * Reads a benchmark's own flags, `--name value`, each with the value it has where it is not given; a number where that
 * is a number (then a whole one), a flag without a value where it is a boolean. Ends the process with 2 at any other.
 */
export function readOptions<T extends Readonly<Record<string, number | boolean | string>>>(defaults: T): T {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      { type: typeof value === "boolean" ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  try {
    const { values } = parseArgs({ options, strict: true });
    const given = Object.entries(values).map(([name, text]) => [name, convert(name, text, defaults[name])]);
    return { ...defaults, ...Object.fromEntries(given) };
  } catch (error) {
    const flags = Object.entries(defaults).map(([name, value]) => `--${name} (${value})`);
    console.error(`error: ${(error as Error).message}\nhint: the flags are ${flags.join(", ")}`);
    return process.exit(2);
  }
}

function convert(name: string, text: unknown, standard: unknown): unknown {
  if (typeof standard !== "number") return text;
  if (!/^[0-9]+$/.test(String(text))) throw new Error(`--${name} is a whole number, not ${text}`);
  return Number(text);
}
