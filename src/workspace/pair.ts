import { dirname } from "node:path";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { flushDirectory, linkKey, type WriteDeps, writeCertificate, writeKey } from "./durable-write.ts";
import { errorCode, existsError, fileError } from "./file-error.ts";
import type { PairFiles } from "./paths.ts";
import { MAX_KEY_FILE, readBounded } from "./read-file.ts";
import type { PairText } from "./workspace.ts";

/**
 * Writes a new pair, each file durable before the next step: the key (0600), then the certificate (0644). The key is
 * first, for a certificate without its key is worth nothing, and a key alone can still be given a certificate.
 * Its chain, where it has one, is last: it can be written again. Where one of them fails, those that were just made are
 * removed again, and no file that was there before.
 * Throws `exists.file` and `io.*`.
 */
export function writePair(deps: WriteDeps, paths: PairFiles, pair: PairText): void {
  const key = Buffer.from(pair.key);
  try {
    writeKey(deps, paths.key, key);
  } finally {
    key.fill(0);
  }
  writeBeside(deps, paths, pair);
}

/** Writes a pair whose key is another's already, at `keyFrom`: it gets a second name. Otherwise as `writePair`. */
export function writeLinkedPair(
  deps: WriteDeps,
  paths: PairFiles,
  keyFrom: string,
  pair: Omit<PairText, "key">,
): void {
  linkKey(deps, keyFrom, paths.key, () => readBounded(deps.files, keyFrom, MAX_KEY_FILE, "a private key"));
  writeBeside(deps, paths, pair);
}

/** Writes certificate and chain beside a key that was just made, which goes again where one of them fails. */
function writeBeside(deps: WriteDeps, paths: PairFiles, pair: Omit<PairText, "key">): void {
  try {
    writeCertificate(deps, paths.certificate, Buffer.from(pair.certificate));
  } catch (error) {
    removeOwn(deps.files, paths.key, "key", error);
    throw error;
  }
  if (paths.chain === undefined || pair.chain === undefined) return;
  try {
    writeCertificate(deps, paths.chain, Buffer.from(pair.chain));
  } catch (error) {
    removeOwn(deps.files, paths.certificate, "certificate", error);
    removeOwn(deps.files, paths.key, "key", error);
    throw error;
  }
}

/** Removes a file that was just made, and only that: whoever wrote it has made sure that none was there before. */
function removeOwn(files: Files, path: string, what: "key" | "certificate", why: unknown): void {
  try {
    files.unlink(path);
    flushDirectory(files, dirname(path));
  } catch (error) {
    if (errorCode(error) === "ENOENT" || !(why instanceof SamicertsError)) return;
    throw new SamicertsError({
      kind: why.kind,
      code: why.code,
      message: `${why.message}; the new ${what} ${path} could not be removed again: ${errorCode(error)}`,
      hint: `${why.hint}; then remove ${path}, ${what === "key" ? "it belongs to no certificate" : "the ledger does not know it"}`,
      cause: why,
    });
  }
}

/** The first of a pair's files that is there, undefined where neither is; a link counts, wherever it leads. */
export function present(files: Files, pair: PairFiles): string | undefined {
  return [pair.key, pair.certificate, pair.chain].find((path) => {
    if (path === undefined) return false;
    try {
      files.lstat(path);
      return true;
    } catch (error) {
      if (errorCode(error) === "ENOENT") return false;
      throw fileError(error, "read", path);
    }
  });
}

/** Throws `exists.file` with `hint` where one of a pair's files is there. */
export function checkAbsent(files: Files, pair: PairFiles, hint: string): void {
  const path = present(files, pair);
  if (path === undefined) return;
  const { kind, code, message } = existsError(path);
  throw new SamicertsError({ kind, code, message, hint });
}
