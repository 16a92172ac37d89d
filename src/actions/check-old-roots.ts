import { SamicertsError } from "../base/errors.ts";
import type { ListedRow } from "../ledger/listing.ts";
import type { OldRoot } from "../workspace/workspace.ts";
import type { Certificate } from "../x509/certificate.ts";
import { writePem } from "../x509/pem.ts";
import { checkCertificateFile, checkKey } from "./check-device.ts";
import type { Discrepancy } from "./discrepancy.ts";
import type { CheckDeps } from "./ledger-check.ts";
import { decodeSingle } from "./open-issuer.ts";
import { sha256Hex } from "./summary.ts";

/** The ledger's rows of roots' keys. */
export interface RootRows {
  /** Of roots, each signed by itself. */
  readonly own: readonly ListedRow[];
  /** Of what binds one root to another: for the key of one, signed by the other. */
  readonly bridges: readonly ListedRow[];
  /** The issuers' keys, SHA-256 of the SubjectPublicKeyInfo in hex, by the issuer's number. */
  readonly keys: ReadonlyMap<number, string>;
}

/** Checks the directories of the roots that were replaced; one that was moved into a safe is not missed. */
export function* checkOldRoots(rows: RootRows, deps: CheckDeps): Generator<Discrepancy> {
  const all = deps.workspace.oldRoots();
  for (const [index, old] of all.entries())
    yield* checkOldRoot(old, successorKey(old, all[index + 1], deps), rows, deps);
}

/** The key of the root that took this one's place; undefined where its certificate can't be read. */
function successorKey(old: OldRoot, next: OldRoot | undefined, { workspace }: CheckDeps): string | undefined {
  try {
    const bytes = next?.read("certificate") ?? old.read("nextCertificate") ?? workspace.readRootCertificate();
    return sha256Hex(decodeSingle(bytes, "the root").publicKey.der);
  } catch (error) {
    if (error instanceof SamicertsError) return undefined;
    throw error;
  }
}

function* checkOldRoot(
  old: OldRoot,
  successor: string | undefined,
  rows: RootRows,
  deps: CheckDeps,
): Generator<Discrepancy> {
  const { paths } = old;
  let certificate: Certificate | undefined;
  try {
    const bytes = old.read("certificate");
    certificate = bytes === undefined ? undefined : decodeSingle(bytes, paths.certificate);
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    yield { rule: "certificate.altered", path: paths.certificate, message: error.message, hint: error.hint };
    return;
  }
  if (certificate === undefined || old.hasNext())
    yield {
      rule: "root.unfinished",
      path: paths.directory,
      message: "a replacement of the root was begun and cut off",
      hint: "samicerts root --replace finishes it",
    };
  if (certificate === undefined) return;
  const fingerprint = sha256Hex(certificate.der);
  const row = rows.own.find(({ certificateSha256 }) => certificateSha256 === fingerprint);
  if (row === undefined)
    yield {
      rule: "root.unknown",
      path: paths.certificate,
      message: `the ledger does not know ${paths.certificate}`,
      hint: "put back the ledger or the certificate that belong together",
    };
  else yield* checkKey(row, certificate, paths.key, deps);
  const key = sha256Hex(certificate.publicKey.der);
  const bridge = (of: string | undefined, by: string | undefined): ListedRow | undefined =>
    rows.bridges.find(({ spkiSha256, issuer }) => spkiSha256 === of && rows.keys.get(issuer) === by);
  const oldWithNew = bridge(key, successor);
  const newWithOld = bridge(successor, key);
  if (oldWithNew !== undefined) yield* checkBridge(oldWithNew, old.oldWithNew, () => old.read("oldWithNew"));
  if (newWithOld !== undefined) yield* checkBridge(newWithOld, old.newWithOld, () => old.read("newWithOld"));
}

function* checkBridge(
  row: ListedRow,
  place: OldRoot["oldWithNew"],
  read: () => Uint8Array | undefined,
): Generator<Discrepancy> {
  const { der } = row;
  if (der === undefined) return;
  yield* checkCertificateFile(row, der, place.paths.certificate, read, (replace) =>
    place.writeCertificate(writePem("CERTIFICATE", der), { replace }),
  );
}
