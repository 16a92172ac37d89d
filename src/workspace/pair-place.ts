import { basename, dirname, join } from "node:path";
import type { Files } from "../base/effects.ts";
import { temporaryFor } from "../base/temporary-name.ts";
import { type WriteDeps, writeCertificate } from "./durable-write.ts";
import { ensureDirectory } from "./ensure-directory.ts";
import { errorCode, fileError } from "./file-error.ts";
import { checkAbsent, present, writeLinkedPair, writePair } from "./pair.ts";
import type { PairFiles } from "./paths.ts";
import { ifThere, MAX_KEY_FILE, readBounded, readCertificateFile } from "./read-file.ts";
import type { PairPlace } from "./workspace.ts";

/** Where a pair is to lie, and what a person is told whose way it bars. */
export interface PlaceOptions {
  /** Those that are made where they are absent, from the top down. */
  readonly directories?: readonly string[];
  /** What to do where one of its files is there already. */
  readonly hint: string;
}

/** The place of one certificate and its key; touches nothing until it is asked to. */
export function pairPlace(deps: WriteDeps, paths: PairFiles, options: PlaceOptions): PairPlace {
  const { files } = deps;
  const prepare = (): void => {
    for (const directory of options.directories ?? []) ensureDirectory(files, directory);
  };
  return {
    paths,
    isThere: () => present(files, paths) !== undefined,
    checkAbsent: () => checkAbsent(files, paths, options.hint),
    read: () => ({
      certificate: ifThere(() => readCertificateFile(files, paths.certificate)),
      key: ifThere(() => readBounded(files, paths.key, MAX_KEY_FILE, "a private key")),
    }),
    write: (pair) => {
      prepare();
      writePair(deps, paths, pair);
    },
    writeLinked: (keyFrom, pair) => {
      prepare();
      writeLinkedPair(deps, paths, keyFrom, pair);
    },
    writeCertificate: (certificate, how) => {
      prepare();
      writeCertificate(deps, paths.certificate, Buffer.from(certificate), how);
    },
    writeChain: (chain) => {
      if (paths.chain !== undefined)
        writeCertificate(deps, paths.chain, Buffer.from(chain), { replace: true });
    },
    readChain: () => {
      const path = paths.chain;
      return path === undefined ? undefined : ifThere(() => readCertificateFile(files, path));
    },
    removeLeftovers: () => {
      for (const path of Object.values(paths)) removeTemporaries(files, path);
    },
  };
}

/** Removes what a run that was cut off left beside a file; only where that run is gone. Throws `io.*`. */
export function removeTemporaries(files: Files, path: string): void {
  const directory = dirname(path);
  try {
    for (const name of files.list(directory))
      if (temporaryFor(name) === basename(path)) files.unlink(join(directory, name));
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw fileError(error, "write", directory);
  }
}
