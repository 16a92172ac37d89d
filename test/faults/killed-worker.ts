import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { Place } from "../stories/command.ts";
import { PROJECT } from "../stories/readme.ts";

/** How a run of the worker ended that was not killed. */
export interface Outcome {
  /** `done`, or the error's code. */
  readonly outcome: string;
  /** Calls of the file system and of the ledger that write. */
  readonly calls: number;
}

/** The worker of action-worker.ts, built. */
export interface Worker {
  /** Does `action` with `words` in a process that dies at its `n`-th call; undefined where it did. */
  run(place: Place, n: number, action: string, words: readonly string[]): Outcome | undefined;
  remove(): void;
}

/** Builds it within the repository, for it finds its packages from where it lies. */
export async function buildWorker(): Promise<Worker> {
  mkdirSync(join(PROJECT, "node_modules/.cache"), { recursive: true });
  const cache = mkdtempSync(join(PROJECT, "node_modules/.cache/action-worker-"));
  const outfile = join(cache, "worker.mjs");
  await build({
    entryPoints: [join(PROJECT, "test/faults/action-worker.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile,
    logLevel: "warning",
  });
  return {
    run(place, n, action, words) {
      const given = [outfile, place.directory, String(n), action, ...words];
      const ended = spawnSync(process.execPath, given, { encoding: "utf8" });
      if (ended.signal === "SIGKILL") return undefined;
      if (ended.stderr !== "") throw new Error(ended.stderr);
      return JSON.parse(ended.stdout) as Outcome;
    },
    remove: () => rmSync(cache, { recursive: true, force: true }),
  };
}
