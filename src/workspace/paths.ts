import { join } from "node:path";
import { SamicertsError } from "../base/errors.ts";

/** Where everything of one vendor lies: the layout of `--dir`. */
export interface WorkspacePaths {
  readonly dir: string;
  readonly rootCertificate: string;
  readonly rootKey: string;
  /** Where the root's key is in a token: this file says in which. */
  readonly rootKeyUri: string;
  /** May be absent. */
  readonly policy: string;
  readonly ledger: string;
  readonly devices: string;
  /** The factory lines' directories; may be absent. */
  readonly lines: string;
  /** The directories of roots that were replaced; may be absent. */
  readonly oldRoots: string;
  /** Locked while the root is being replaced. */
  readonly rootLock: string;
  /** The root's CRL; may be absent. */
  readonly crl: CrlFiles;
  /** Where answers of OCSP go that are signed beforehand; may be absent. */
  readonly ocspAnswers: string;
}

/** One CRL's files: in PEM, as servers want it, and in DER, as it is to be fetched (RFC 5280, 4.2.1.13). */
export interface CrlFiles {
  readonly pem: string;
  readonly der: string;
}

/** Where one factory line's things lie. */
export interface LinePaths {
  readonly directory: string;
  readonly certificate: string;
  readonly key: string;
  readonly devices: string;
  readonly crl: CrlFiles;
}

/** Where a root that was replaced lies, and what binds it to its successor (RFC 4210, 4.4). */
export interface OldRootPaths {
  readonly directory: string;
  readonly certificate: string;
  readonly key: string;
  /** The old root's key, signed by the new root. */
  readonly oldWithNew: string;
  /** The new root's key, signed by the old root. */
  readonly newWithOld: string;
  /** The new root, until it is in its place. */
  readonly nextCertificate: string;
  readonly nextKey: string;
}

/** One certificate's files. */
export interface PairFiles {
  readonly certificate: string;
  readonly key: string;
  /** The certificate with those above it but for the root; where a line issued it. */
  readonly chain?: string;
}

/** Lays out the vendor's directory; reads nothing. */
export function workspacePaths(dir: string): WorkspacePaths {
  return {
    dir,
    rootCertificate: join(dir, "root.crt"),
    rootKey: join(dir, "root.key"),
    rootKeyUri: join(dir, "root.key.uri"),
    policy: join(dir, "policy.json"),
    ledger: join(dir, "samicerts.db"),
    devices: join(dir, "devices"),
    lines: join(dir, "lines"),
    oldRoots: join(dir, "old-roots"),
    rootLock: join(dir, ".root.lock"),
    crl: crlFiles(join(dir, "root.crl")),
    ocspAnswers: join(dir, "ocsp-answers"),
  };
}

/** Lays out a line's directory; throws `line.name` for a name that can't be one. */
export function linePaths(paths: WorkspacePaths, name: string): LinePaths {
  checkLineName(name);
  const directory = join(paths.lines, name);
  return {
    directory,
    certificate: join(directory, "line.crt"),
    key: join(directory, "line.key"),
    devices: join(directory, "devices"),
    crl: crlFiles(join(directory, "line.crl")),
  };
}

/** Lays out the directory of the `number`-th root that was replaced, from 1. */
export function oldRootPaths(paths: WorkspacePaths, number: number): OldRootPaths {
  const directory = join(paths.oldRoots, String(number));
  return {
    directory,
    certificate: join(directory, "root.crt"),
    key: join(directory, "root.key"),
    oldWithNew: join(directory, "old-with-new.crt"),
    newWithOld: join(directory, "new-with-old.crt"),
    nextCertificate: join(directory, "next.crt"),
    nextKey: join(directory, "next.key"),
  };
}

/** Names a CRL's files by the one in PEM. */
export function crlFiles(pem: string): CrlFiles {
  return { pem, der: `${pem}.der` };
}

/** Whether a line may be called so: it is the name of a directory on every system. */
export function isLineName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(name);
}

function checkLineName(name: string): void {
  if (isLineName(name)) return;
  throw new SamicertsError({
    kind: "input",
    code: "line.name",
    message: `${JSON.stringify(name.slice(0, 80))} can't be a line's name`,
    hint: "use letters, digits, - and _, at most 63, such as line2",
  });
}

/** A device's files in `devices`, by its serial in decimal digits; throws RangeError for anything else, which could leave the directory. */
export function devicePaths(devices: string, serial: string): { certificate: string; key: string } {
  if (!/^[0-9]{1,49}$/.test(serial)) throw new RangeError(`"${serial}" is not a decimal serial number`);
  return { certificate: join(devices, `${serial}.crt`), key: join(devices, `${serial}.key`) };
}
