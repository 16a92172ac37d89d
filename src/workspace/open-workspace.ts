import { basename, dirname, join } from "node:path";
import type { Files, Random } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { isTemporaryOf, writeCertificate } from "./durable-write.ts";
import { ensureDirectory } from "./ensure-directory.ts";
import { errorCode, fileError } from "./file-error.ts";
import { checkAbsent, present, writePair } from "./pair.ts";
import { type DevicePaths, devicePaths, workspacePaths } from "./paths.ts";
import { MAX_KEY_FILE, readBounded, readPrivateKeyFile } from "./read-file.ts";
import type { Workspace } from "./workspace.ts";

/** The largest certificate file and policy file accepted in the vendor's directory, in bytes. */
const MAX_CERTIFICATE_FILE: number = 1024 * 1024;
const MAX_POLICY_FILE: number = 4 * 1024 * 1024;

const NO_ROOT =
  "make a root first (samicerts root /C=US/O=MyOrg/CN=MyDevAuthority), or name its directory with --dir";
const NO_ROOT_KEY = "put back the key that root.crt was made with; without it nothing more can be issued";

/** Opens the vendor's directory `dir`, which may not exist yet; touches nothing. */
export function openWorkspace(dir: string, files: Files, random: Random): Workspace {
  const deps = { files, random };
  const paths = workspacePaths(dir);
  const root: DevicePaths = { certificate: paths.rootCertificate, key: paths.rootKey };
  const device = (serial: string): DevicePaths => devicePaths(paths, serial);
  return {
    paths,
    prepare: () => ensureDirectory(files, dir),
    hasRoot: () => present(files, root) !== undefined,
    readRootCertificate: () => rootPart("io", NO_ROOT, () => readCertificate(files, root.certificate)),
    readRootKey: (options) =>
      rootPart("key", NO_ROOT_KEY, () => readPrivateKeyFile(files, root.key, options)),
    readPolicyText: () => readPolicyText(files, paths.policy),
    checkRootAbsent: () =>
      checkAbsent(files, root, "a root is made once; choose another --dir for a second one"),
    writeRoot: (pair) => writePair(deps, root, pair),
    writeRootCertificate: (certificate, options) =>
      writeCertificate(deps, root.certificate, Buffer.from(certificate), options),
    devicePaths: device,
    hasDevice: (serial) => present(files, device(serial)) !== undefined,
    checkDeviceAbsent: (serial) =>
      checkAbsent(files, device(serial), "choose another serial, or find out whose file that is"),
    readDevice: (serial) => ({
      certificate: ifThere(() => readCertificate(files, device(serial).certificate)),
      key: ifThere(() => readBounded(files, device(serial).key, MAX_KEY_FILE, "a private key")),
    }),
    writeDevice: (serial, pair) => {
      ensureDirectory(files, paths.devices);
      writePair(deps, device(serial), pair);
      return device(serial);
    },
    writeDeviceCertificate: (serial, certificate, options) => {
      ensureDirectory(files, paths.devices);
      writeCertificate(deps, device(serial).certificate, Buffer.from(certificate), options);
      return device(serial);
    },
    removeLeftovers: (serial) => {
      for (const path of Object.values(device(serial))) removeTemporaries(files, path);
    },
  };
}

function readCertificate(files: Files, path: string): Uint8Array {
  return readBounded(files, path, MAX_CERTIFICATE_FILE, "a certificate");
}

/** Reads a part of the root; where it is missing, that is an error of `kind`, and `hint` says what it means. */
function rootPart<T>(kind: "io" | "key", hint: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SamicertsError) || error.code !== "io.missing") throw error;
    throw new SamicertsError({ kind, code: `${kind}.missing`, message: error.message, hint, cause: error });
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

/** Undefined where the file does not exist. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SamicertsError && error.code === "io.missing") return undefined;
    throw error;
  }
}

function removeTemporaries(files: Files, path: string): void {
  const directory = dirname(path);
  try {
    for (const name of files.list(directory))
      if (isTemporaryOf(basename(path), name)) files.unlink(join(directory, name));
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw fileError(error, "write", directory);
  }
}
