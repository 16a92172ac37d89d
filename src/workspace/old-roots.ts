import { dirname, join } from "node:path";
import type { Files } from "../base/effects.ts";
import { flushDirectory, linkKey, type WriteDeps, writeCertificate, writeKey } from "./durable-write.ts";
import { ensureDirectory } from "./ensure-directory.ts";
import { errorCode, fileError } from "./file-error.ts";
import { present } from "./pair.ts";
import { pairPlace, removeTemporaries } from "./pair-place.ts";
import { crlFiles, oldRootPaths, type WorkspacePaths } from "./paths.ts";
import { ifThere, MAX_KEY_FILE, readBounded, readCertificateFile } from "./read-file.ts";
import { openResponders } from "./responders.ts";
import type { OldRoot } from "./workspace.ts";

/** The roots that were replaced, and the one that is being replaced, in their order. */
export function listOldRoots(deps: WriteDeps, all: WorkspacePaths): readonly OldRoot[] {
  let names: readonly string[];
  try {
    names = deps.files.list(all.oldRoots);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw fileError(error, "read", all.oldRoots);
  }
  return names
    .filter((name) => /^[1-9][0-9]{0,5}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
    .map((number) => openOldRoot(deps, all, number));
}

/** The directory of a root that was replaced, or is about to be; touches nothing. */
export function openOldRoot(deps: WriteDeps, all: WorkspacePaths, number: number): OldRoot {
  const { files } = deps;
  const paths = oldRootPaths(all, number);
  const hint = "find out whose file that is before moving it away";
  const isThere = (path: string): boolean => present(files, { certificate: path, key: path }) !== undefined;
  // A cross-certificate's key is a root's: there is none beside it.
  const cross = (path: string) =>
    pairPlace(deps, { certificate: path, key: path.replace(/\.crt$/, ".key") }, { hint });
  return {
    number,
    paths,
    crl: crlFiles(join(paths.directory, "root.crl")),
    responders: openResponders(deps, [join(paths.directory, "ocsp")]),
    prepare: () => {
      ensureDirectory(files, all.oldRoots);
      ensureDirectory(files, paths.directory);
    },
    read: (which) => ifThere(() => readCertificateFile(files, paths[which])),
    oldWithNew: cross(paths.oldWithNew),
    newWithOld: cross(paths.newWithOld),
    next: pairPlace(deps, { certificate: paths.nextCertificate, key: paths.nextKey }, { hint }),
    removeLeftovers: () => {
      const { directory: _, ...all } = paths;
      for (const path of Object.values(all)) removeTemporaries(files, path);
    },
    hasNext: () => isThere(paths.nextKey) || isThere(paths.nextCertificate),
    writeNextKey: (key) => {
      const bytes = Buffer.from(key);
      writeKey(deps, paths.nextKey, bytes);
      bytes.fill(0);
    },
    keep: () => {
      if (!isThere(paths.key))
        linkKey(deps, all.rootKey, paths.key, () =>
          readBounded(files, all.rootKey, MAX_KEY_FILE, "a private key"),
        );
      if (!isThere(paths.certificate))
        writeCertificate(deps, paths.certificate, readCertificateFile(files, all.rootCertificate));
    },
    putNext: () => {
      // The key comes last, and until then is found here: at every moment one of the two pairs is whole.
      move(files, paths.nextCertificate, all.rootCertificate);
      move(files, paths.nextKey, all.rootKey);
    },
  };
}

/** Moves a file, durably; one that was moved already is left. */
function move(files: Files, from: string, to: string): void {
  try {
    files.rename(from, to);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw fileError(error, "write", to);
  }
  try {
    flushDirectory(files, dirname(to));
    flushDirectory(files, dirname(from));
  } catch (error) {
    throw fileError(error, "write", to);
  }
}
