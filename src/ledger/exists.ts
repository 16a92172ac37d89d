import type { Files } from "../base/effects.ts";

/**
 * Tells whether a ledger is at `path`; an empty file is what is left of one that was never begun.
 * Looks without opening: closing the file again would free the locks that this process has on it.
 */
export function ledgerExists(files: Files, path: string): boolean {
  try {
    return files.stat(path).size > 0;
  } catch (error) {
    // Whatever else stands in the way is said when it is opened.
    return (error as { readonly code?: unknown }).code !== "ENOENT";
  }
}
