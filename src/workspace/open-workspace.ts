import { join } from "node:path";
import type { Files, Random } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";
import { type WriteDeps, writeCertificate } from "./durable-write.ts";
import { ensureDirectory } from "./ensure-directory.ts";
import { errorCode, fileError } from "./file-error.ts";
import { listOldRoots, openOldRoot } from "./old-roots.ts";
import { checkAbsent, present, writePair } from "./pair.ts";
import { pairPlace } from "./pair-place.ts";
import {
  devicePaths,
  isLineName,
  linePaths,
  type PairFiles,
  type WorkspacePaths,
  workspacePaths,
} from "./paths.ts";
import { ifThere, readBounded, readCertificateFile, readPrivateKeyFile } from "./read-file.ts";
import { openResponders } from "./responders.ts";
import { readRootKeyUri, removeRootKeyUri, writeRootKeyUri } from "./root-key-uri.ts";
import type { LineDirectory, Workspace } from "./workspace.ts";

/** The largest policy file accepted in the vendor's directory, in bytes. */
const MAX_POLICY_FILE: number = 4 * 1024 * 1024;

const NO_ROOT =
  "make a root first (samicerts root /C=US/O=MyOrg/CN=MyDevAuthority), or name its directory with --dir";
const NO_ROOT_KEY = "put back the key that root.crt was made with; without it nothing more can be issued";
const NO_LINE_KEY =
  "put back the key that line.crt was made with; without it the line can issue nothing more";
const TAKEN = "choose another serial, or find out whose file that is";

/** Opens the vendor's directory `dir`, which may not exist yet; touches nothing. */
export function openWorkspace(dir: string, files: Files, random: Random): Workspace {
  const deps = { files, random };
  const paths = workspacePaths(dir);
  const root: PairFiles = { certificate: paths.rootCertificate, key: paths.rootKey };
  return {
    paths,
    prepare: () => ensureDirectory(files, dir),
    hasRoot: () => present(files, root) !== undefined,
    readRootCertificate: () => needed("io", NO_ROOT, () => readCertificateFile(files, root.certificate)),
    readRootKey: (options) => needed("key", NO_ROOT_KEY, () => readPrivateKeyFile(files, root.key, options)),
    hasRootKey: () => present(files, { certificate: root.key, key: root.key }) !== undefined,
    readRootKeyUri: () => readRootKeyUri(files, paths.rootKeyUri),
    writeRootKeyUri: (uri) => writeRootKeyUri(deps, paths.rootKeyUri, uri),
    removeRootKeyUri: () => removeRootKeyUri(files, paths.rootKeyUri),
    readPolicyText: () => readPolicyText(files, paths.policy),
    checkRootAbsent: () =>
      checkAbsent(files, root, "a root is made once; choose another --dir for a second one"),
    writeRoot: (pair) => writePair(deps, root, pair),
    writeRootCertificate: (certificate, options) =>
      writeCertificate(deps, root.certificate, Buffer.from(certificate), options),
    responders: openResponders(deps, [join(dir, "ocsp")]),
    writePublic: (path, pieces) => writeCertificate(deps, path, pieces, { replace: true }),
    writePublicIn: (directory, name, pieces) => {
      ensureDirectory(files, directory);
      writeCertificate(deps, join(directory, name), pieces, { replace: true });
    },
    device: (serial) =>
      pairPlace(deps, devicePaths(paths.devices, serial), { directories: [paths.devices], hint: TAKEN }),
    line: (name) => openLine(deps, paths, name),
    lineNames: () => lineNames(files, paths.lines),
    oldRoots: () => listOldRoots(deps, paths),
    oldRoot: (number) => openOldRoot(deps, paths, number),
  };
}

function openLine(deps: WriteDeps, all: WorkspacePaths, name: string): LineDirectory {
  const { files } = deps;
  const paths = linePaths(all, name);
  const { certificate, key } = paths;
  const directories = [all.lines, paths.directory];
  const missing = (): string => {
    const names = lineNames(files, all.lines);
    const near = nearestWord(name, names);
    return near === undefined
      ? `make the line first: samicerts intermediate ${name} /C=US/O=MyOrg/CN=${name}`
      : `did you mean ${near}? samicerts intermediate ${name} makes a new line`;
  };
  return {
    name,
    paths,
    responders: openResponders(deps, [...directories, join(paths.directory, "ocsp")]),
    own: pairPlace(
      deps,
      { certificate, key },
      { directories, hint: "find out whose file that is before moving it away; or choose another name" },
    ),
    readCertificate: () => needed("io", missing, () => readCertificateFile(files, certificate)),
    readKey: (options) => needed("key", NO_LINE_KEY, () => readPrivateKeyFile(files, key, options)),
    device: (serial) => {
      const pair = devicePaths(paths.devices, serial);
      const chain = join(paths.devices, `${serial}.chain.crt`);
      return pairPlace(
        deps,
        { ...pair, chain },
        { directories: [...directories, paths.devices], hint: TAKEN },
      );
    },
  };
}

/** Reads what must be there; where it is missing, that is an error of `kind`, and `hint` says what it means. */
function needed<T>(kind: "io" | "key", hint: string | (() => string), read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SamicertsError) || error.code !== "io.missing") throw error;
    const { message } = error;
    const told = typeof hint === "string" ? hint : hint();
    throw new SamicertsError({ kind, code: `${kind}.missing`, message, hint: told, cause: error });
  }
}

function lineNames(files: Files, path: string): readonly string[] {
  let names: readonly string[];
  try {
    names = files.list(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw fileError(error, "read", path);
  }
  return names.filter((name) => isLineName(name) && isDirectory(files, join(path, name)));
}

function isDirectory(files: Files, path: string): boolean {
  try {
    return files.stat(path).kind === "directory";
  } catch {
    return false;
  }
}

function readPolicyText(
  files: Files,
  path: string,
): { readonly path: string; readonly text: string } | undefined {
  const bytes = ifThere(() => readBounded(files, path, MAX_POLICY_FILE, "a policy"));
  if (bytes === undefined) return undefined;
  try {
    return { path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    throw new SamicertsError({
      kind: "input",
      code: "input.not-utf8",
      message: `${path} is not UTF-8 text`,
      hint: "save the policy as UTF-8",
      cause: error,
    });
  }
}
