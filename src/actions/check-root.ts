import { SamicertsError } from "../base/errors.ts";
import type { ListedRow } from "../ledger/listing.ts";
import type { Certificate } from "../x509/certificate.ts";
import { writePem } from "../x509/pem.ts";
import { checkKey } from "./check-device.ts";
import { type Discrepancy, mendable, serialOf } from "./discrepancy.ts";
import type { CheckDeps } from "./ledger-check.ts";
import { decodeSingle } from "./open-issuer.ts";
import { sha256Hex } from "./summary.ts";

/** A certificate authority's own two files. */
interface Authority {
  readonly path: string;
  readonly keyPath: string;
  readonly keyInToken: () => boolean;
  readonly isInPlace: () => boolean;
  readonly unknown: "root.unknown" | "line.unknown";
  /** Throws `io.missing` where it is not there. */
  readonly read: () => Uint8Array;
  readonly write: (certificate: string) => void;
}

/** Checks root.crt and root.key against the ledger's rows of roots, of which any may be the one in use. */
export function checkRoot(rows: readonly ListedRow[], deps: CheckDeps): Generator<Discrepancy> {
  const { workspace } = deps;
  const root: Authority = {
    path: workspace.paths.rootCertificate,
    keyPath: workspace.paths.rootKey,
    keyInToken: () => !workspace.hasRootKey() && workspace.readRootKeyUri() !== undefined,
    // While it is being replaced, certificate and key change one after the other.
    isInPlace: () => workspace.oldRoots().at(-1)?.hasNext() !== true,
    unknown: "root.unknown",
    read: () => workspace.readRootCertificate(),
    write: (certificate) => workspace.writeRootCertificate(certificate),
  };
  return checkAuthority(rows, root, deps);
}

/** Checks a line's line.crt and line.key against the ledger's rows of that line, of which any may be the one in use. */
export function checkLine(name: string, rows: readonly ListedRow[], deps: CheckDeps): Generator<Discrepancy> {
  const line = deps.workspace.line(name);
  const authority: Authority = {
    path: line.paths.certificate,
    keyPath: line.paths.key,
    keyInToken: () => false,
    isInPlace: () => true,
    unknown: "line.unknown",
    read: () => line.readCertificate(),
    write: (certificate) => line.own.writeCertificate(certificate),
  };
  return checkAuthority(rows, authority, deps);
}

function* checkAuthority(
  rows: readonly ListedRow[],
  authority: Authority,
  deps: CheckDeps,
): Generator<Discrepancy> {
  const { path, keyPath, unknown } = authority;
  const newest = [...rows].sort((a, b) => (b.issuedMs ?? 0) - (a.issuedMs ?? 0))[0];
  let certificate: Certificate | undefined;
  try {
    certificate = decodeSingle(authority.read(), path);
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    if (error.code === "io.missing") yield* missing(newest, authority);
    else
      yield {
        rule: "certificate.altered",
        path,
        message: `${path} can't be read as a certificate: ${error.message}`,
        hint: "move it away, and samicerts ledger repair writes the right one",
      };
    return;
  }
  const fingerprint = sha256Hex(certificate.der);
  const row = rows.find(({ certificateSha256 }) => certificateSha256 === fingerprint);
  if (row === undefined)
    yield {
      rule: unknown,
      path,
      message: `the ledger does not know ${path}: which serials it has used is not known either`,
      hint: "put back the ledger or the certificate that belong together",
    };
  // A key in a token is not asked for: the token may well be in a safe.
  else if (!authority.keyInToken() && authority.isInPlace()) yield* checkKey(row, certificate, keyPath, deps);
}

function* missing(newest: ListedRow | undefined, { path, write }: Authority): Generator<Discrepancy> {
  const der = newest?.der;
  if (newest === undefined || der === undefined) return;
  yield mendable(
    { rule: "certificate.missing", ...serialOf(newest), path, message: `${path} is missing` },
    "writes the newest one again from the ledger",
    () => {
      write(writePem("CERTIFICATE", der));
      return `wrote ${path} from the ledger`;
    },
  );
}
