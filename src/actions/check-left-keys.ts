import { basename, dirname } from "node:path";
import { temporaryFor } from "../base/temporary-name.ts";
import { type Discrepancy, leftover } from "./discrepancy.ts";
import type { CheckDeps } from "./ledger-check.ts";

/**
 * Finds copies of the root's key and the lines' that a run left in a temporary file when it was cut off, as in the middle
 * of `key decrypt --in-place`: such a copy is not encrypted. Where the key itself is gone it may be the only one, and is
 * nobody's to remove.
 */
export function* checkLeftKeys(deps: CheckDeps): Generator<Discrepancy> {
  const { workspace, lines } = deps;
  for (const key of [workspace.paths.rootKey, ...lines.map(({ name }) => workspace.line(name).paths.key)]) {
    const directory = dirname(key);
    const names = deps.deviceFiles(directory);
    if (!names.includes(basename(key))) continue;
    for (const name of names) {
      if (temporaryFor(name) !== basename(key)) continue;
      const path = `${directory}/${name}`;
      yield leftover(path, `, and may be a copy of ${key}`, deps);
    }
  }
}
