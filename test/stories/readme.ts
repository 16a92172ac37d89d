import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMMAND, type Ended, type Place, plainEnvironment } from "./command.ts";

/** The project's own directory. */
export const PROJECT: string = fileURLToPath(new URL("../..", import.meta.url));

/** A block of commands as a page shows it. */
export interface CommandBlock {
  /** The line it begins in, from 1. */
  readonly line: number;
  /** The words after `sh`: `exit=1`, `clone`. */
  readonly notes: readonly string[];
  readonly script: string;
}

/** The pages that show commands, from the project's directory. */
export function pages(): readonly string[] {
  const docs = readdirSync(join(PROJECT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`);
  return ["README.md", ...docs];
}

/** Every fenced block of a page in the language `language`, in order. */
export function fencedBlocks(page: string, language: string): readonly CommandBlock[] {
  const lines = readFileSync(join(PROJECT, page), "utf8").split("\n");
  const blocks: CommandBlock[] = [];
  let open: { line: number; notes: string[]; from: number } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence === null) continue;
    if (open !== undefined) {
      const [named, ...notes] = open.notes;
      if (named === language)
        blocks.push({ line: open.line, notes, script: lines.slice(open.from, index).join("\n") });
      open = undefined;
    } else open = { line: index + 1, notes: (fence[1] ?? "").split(" "), from: index + 1 };
  }
  return blocks;
}

/** Runs a block as a person pastes it, `samicerts` on the path; it stops at the first command that fails. */
export function paste(
  place: Place,
  block: CommandBlock,
  more: Readonly<Record<string, string>> = {},
): Pick<Ended, "status" | "stdout" | "stderr"> {
  mkdirSync(place.at("bin"), { recursive: true });
  const shim = place.at("bin", "samicerts");
  writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`);
  chmodSync(shim, 0o755);
  mkdirSync(place.at("here"), { recursive: true });
  const env = plainEnvironment();
  return spawnSync("bash", ["-e", "-o", "pipefail", "-c", block.script], {
    cwd: place.at("here"),
    encoding: "utf8",
    env: { ...env, ...more, PATH: `${place.at("bin")}:${env.PATH}` },
  });
}
