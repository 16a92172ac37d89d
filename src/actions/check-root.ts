import { SamicertsError } from "../base/errors.ts";
import type { ListedRow } from "../ledger/listing.ts";
import type { Certificate } from "../x509/certificate.ts";
import { writePem } from "../x509/pem.ts";
import { checkKey } from "./check-device.ts";
import { type Discrepancy, mendable, serialOf } from "./discrepancy.ts";
import type { CheckDeps } from "./ledger-check.ts";
import { decodeSingle } from "./open-issuer.ts";
import { sha256Hex } from "./summary.ts";

/** Checks root.crt and root.key against the ledger's rows of roots, of which any may be the one in use. */
export function* checkRoot(rows: readonly ListedRow[], deps: CheckDeps): Generator<Discrepancy> {
  const { workspace } = deps;
  const { rootCertificate: path, rootKey } = workspace.paths;
  const newest = [...rows].sort((a, b) => (b.issuedMs ?? 0) - (a.issuedMs ?? 0))[0];
  let certificate: Certificate | undefined;
  try {
    certificate = decodeSingle(workspace.readRootCertificate(), path);
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    if (error.code === "io.missing") yield* missingRoot(newest, deps);
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
      rule: "root.unknown",
      path,
      message: `the ledger does not know ${path}: which serials it has used is not known either`,
      hint: "put back the ledger or the root that belong together",
    };
  // A key in a token is not asked for: the token may well be in a safe.
  else if (workspace.hasRootKey() || workspace.readRootKeyUri() === undefined)
    yield* checkKey(row, certificate, rootKey, deps);
}

function* missingRoot(newest: ListedRow | undefined, deps: CheckDeps): Generator<Discrepancy> {
  const { rootCertificate: path } = deps.workspace.paths;
  const der = newest?.der;
  if (newest === undefined || der === undefined) return;
  yield mendable(
    { rule: "certificate.missing", ...serialOf(newest), path, message: `${path} is missing` },
    "writes the newest one again from the ledger",
    () => {
      deps.workspace.writeRootCertificate(writePem("CERTIFICATE", der));
      return `wrote ${path} from the ledger`;
    },
  );
}
