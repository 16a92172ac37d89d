import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built command, as it is installed. */
export const COMMAND: string = fileURLToPath(new URL("../../bin/samicerts.cjs", import.meta.url));

/** What a command left behind when it ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run, beside its words. */
export interface Circumstances {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** An environment without anything that would steer the command. */
export function plainEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(SAMICERTS_|NO_COLOR$|FORCE_COLOR$|NODE_)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

/** A directory of its own for one story, and the command run in it. */
export interface Place {
  readonly directory: string;
  /** A path in the directory. */
  at(...parts: readonly string[]): string;
  /** Runs `samicerts` with these words. */
  samicerts(words: readonly string[], circumstances?: Circumstances): Ended;
  /** Runs it and gives its stdout; throws with what it said where it does not end with 0. */
  succeed(words: readonly string[], circumstances?: Circumstances): string;
  /** Every file below, with its mode and a digest of its content: what must not change. */
  listing(): readonly string[];
  remove(): void;
}

/** Makes an empty place. */
export function makePlace(): Place {
  const directory = mkdtempSync(join(tmpdir(), "samicerts-story-"));
  const samicerts: Place["samicerts"] = (words, circumstances = {}) => {
    const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, [COMMAND, ...words], {
      cwd: directory,
      encoding: "utf8",
      input: circumstances.input ?? "",
      env: { ...plainEnvironment(), ...circumstances.env },
      maxBuffer: 256 * 1024 * 1024,
    });
    // A command may end without having read all of its input.
    if (error !== undefined && (error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
    return { status, signal, stdout, stderr };
  };
  return {
    directory,
    at: (...parts) => join(directory, ...parts),
    samicerts,
    succeed(words, circumstances) {
      const { status, stdout, stderr } = samicerts(words, circumstances);
      if (status !== 0)
        throw new Error(`samicerts ${words.join(" ")} ended with ${status}: ${stderr}${stdout}`);
      return stdout;
    },
    listing: () => listBelow(directory, ""),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function listBelow(directory: string, prefix: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    const facts = lstatSync(path);
    const shown = `${prefix}${name} ${(facts.mode & 0o7777).toString(8)}`;
    if (facts.isSymbolicLink()) return [`${shown} -> ${readlinkSync(path)}`];
    if (facts.isDirectory()) return [shown, ...listBelow(path, `${prefix}${name}/`)];
    return [facts.isFile() ? `${shown} ${digest(path)}` : shown];
  });
}

function digest(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16);
}

/** The two lines of an error. */
export function told(message: string, hint: string): string {
  return `error: ${message}\nhint: ${hint}\n`;
}

/** The name used throughout the README. */
export const ROOT_NAME = "/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority";
