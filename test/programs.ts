import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it } from "vitest";
import programs from "./programs.json" with { type: "json" };

/** Defines a suite, as vitest's `describe` does. */
export type Suite = (name: string, body: () => void) => void;

/**
 * Gives a `describe` for tests that run these programs, each listed in programs.json. Where one is missing the
 * suite is skipped under a name that says so; with SAMICERTS_TEST_ALL=1 it fails instead.
 */
export function needs(...names: readonly string[]): Suite {
  return suiteFor(missingPrograms(names), process.env["SAMICERTS_TEST_ALL"] === "1");
}

/** Of these programs, what each that is not installed is, in words. */
export function missingPrograms(names: readonly string[]): readonly string[] {
  return names
    .filter((name) => !isInstalled(name))
    .map((name) => `${name}, Debian package ${packageOf(name)}`);
}

/** The `describe` for a suite that lacks what `missing` says in words; `strict` makes that a failure. */
export function suiteFor(missing: readonly string[], strict: boolean): Suite {
  if (missing.length === 0) return (name, body) => void describe(name, body);
  const reason = `needs ${missing.join("; ")}`;
  if (!strict) return (name, body) => void describe.skip(`${name} (${reason})`, body);
  return (name) =>
    void describe(name, () => {
      it(reason, () => {
        throw new Error(`SAMICERTS_TEST_ALL=1 runs every suite, and ${name} ${reason}`);
      });
    });
}

/** The Debian package that has the program; throws where programs.json does not list it. */
export function packageOf(name: string): string {
  return listed(name).package;
}

interface Listed {
  readonly program: string;
  readonly package: string;
  /** Where it lies, where that is not on the path: it is a part of another program. */
  readonly directories?: readonly string[];
}

function listed(name: string): Listed {
  const found = (programs as readonly Listed[]).find(({ program }) => program === name);
  if (found === undefined) throw new Error(`test/programs.json does not list ${name}`);
  return found;
}

function isInstalled(name: string): boolean {
  const { directories = [] } = listed(name);
  return [...(process.env["PATH"] ?? "").split(delimiter), ...directories].some((directory) => {
    try {
      accessSync(join(directory, name), directories.length > 0 ? constants.R_OK : constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
