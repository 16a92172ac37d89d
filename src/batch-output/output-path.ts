import { basename, dirname, join, resolve } from "node:path";
import type { OutputKind } from "../actions/batch-output.ts";
import { SamicertsError } from "../base/errors.ts";
import { MANIFEST_SUFFIX } from "./manifest-format.ts";

const SUFFIXES: readonly (readonly [suffix: string, kind: OutputKind])[] = [
  [".tar", "tar"],
  [".tar.gz", "tar.gz"],
  [".tgz", "tar.gz"],
  [".ndjson", "ndjson"],
  [".jsonl", "ndjson"],
];
/** What people may take for something that we can write. */
const OTHERS = /\.(zip|gz|bz2|xz|zst|7z|rar|csv|json|pem|crt|der|p7b|p12|pfx|txt|db)$/i;

/**
 * What kind of output a path asks for: an archive by its suffix, standard output for `-`, else a directory.
 * Throws `output.unknown-format` for a suffix of what can't be written.
 */
export function outputKind(path: string): OutputKind {
  if (path === "-") return "stdout";
  const found = SUFFIXES.find(([suffix]) => basename(path).toLowerCase().endsWith(suffix));
  if (found !== undefined && !path.endsWith("/")) return found[1];
  const other = OTHERS.exec(path)?.[0];
  if (other === undefined) return "directory";
  throw new SamicertsError({
    kind: "input",
    code: "output.unknown-format",
    message: `${path} asks for a ${other} file, which samicerts does not write`,
    hint: "give a directory, or a name that ends in .tar, .tar.gz or .ndjson",
  });
}

/** Where an output's lock file is: in the directory itself, or beside the archive, whatever path leads there. */
export function lockPath(kind: OutputKind, path: string): string {
  return kind === "directory" ? join(path, ".batch.lock") : join(dirname(path), `.${basename(path)}.lock`);
}

/**
 * Where an output's manifest may be, the first that is free: beside it, and for a directory, which several batches may
 * share, also in it.
 */
export function manifestPaths(kind: OutputKind, path: string, batch: string): readonly string[] {
  // What `.` and `..` are called the path does not say.
  const isNamed = !/^\.{0,2}$/.test(basename(path));
  const directory = isNamed ? dirname(path) : join(path, "..");
  const beside = join(directory, `${basename(isNamed ? path : resolve(path))}${MANIFEST_SUFFIX}`);
  return kind === "directory" ? [beside, join(path, `manifest-${batch}.ndjson`)] : [beside];
}
