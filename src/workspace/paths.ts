import { join } from "node:path";

/** Where everything of one vendor lies: the layout of `--dir`. */
export interface WorkspacePaths {
  readonly dir: string;
  readonly rootCertificate: string;
  readonly rootKey: string;
  /** May be absent. */
  readonly policy: string;
  readonly ledger: string;
  readonly devices: string;
}

/** One device's two files. */
export interface DevicePaths {
  readonly certificate: string;
  readonly key: string;
}

/** Lays out the vendor's directory; reads nothing. */
export function workspacePaths(dir: string): WorkspacePaths {
  return {
    dir,
    rootCertificate: join(dir, "root.crt"),
    rootKey: join(dir, "root.key"),
    policy: join(dir, "policy.json"),
    ledger: join(dir, "samicerts.db"),
    devices: join(dir, "devices"),
  };
}

/** A device's files, by its serial in decimal digits; throws RangeError for anything else, which could leave the directory. */
export function devicePaths(paths: WorkspacePaths, serial: string): DevicePaths {
  if (!/^[0-9]{1,49}$/.test(serial)) throw new RangeError(`"${serial}" is not a decimal serial number`);
  return {
    certificate: join(paths.devices, `${serial}.crt`),
    key: join(paths.devices, `${serial}.key`),
  };
}
