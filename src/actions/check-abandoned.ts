import { SamicertsError } from "../base/errors.ts";
import { shellOperands, shellQuoted } from "../base/shell-quoted.ts";
import type { ListedRow } from "../ledger/listing.ts";
import type { PairPlace } from "../workspace/workspace.ts";
import type { Certificate } from "../x509/certificate.ts";
import { sameKey } from "../x509/same-key.ts";
import { serialValue } from "../x509/serial.ts";
import { placeOf } from "./check-device.ts";
import { type Discrepancy, mendable, serialOf } from "./discrepancy.ts";
import type { CheckDeps } from "./ledger-check.ts";
import { decodeSingle } from "./open-issuer.ts";
import { checkPath, ledgerEntry, spkiDigest } from "./record.ts";
import { sha256Hex } from "./summary.ts";

/** Tells what became of a serial that a run reserved before it was cut off; what lies there whole can be adopted. */
export function* checkAbandoned(
  row: ListedRow,
  line: string | undefined,
  deps: CheckDeps,
): Generator<Discrepancy> {
  const { serial, name, batch } = row;
  const place = placeOf(row, line, deps);
  const { paths } = place;
  const head = `serial ${serial} was reserved for ${JSON.stringify(name)} by a run that was cut off`;
  const found = { rule: "reservation.abandoned" as const, ...serialOf(row) };
  if (batch !== undefined && isUnfinished(batch, deps)) {
    yield {
      ...found,
      message: `${head}, of batch ${batch}`,
      hint: "run that batch's command again to finish it",
    };
    return;
  }
  const { lines } = deps;
  const own = lines.find(
    ({ certificate }) => certificate.issuer === row.issuer && certificate.serial === serial,
  );
  if (own !== undefined) {
    const hint = `samicerts intermediate ${own.name} ${shellQuoted(name)} finishes it`;
    yield { ...found, message: `${head}; it is the line ${own.name}'s own`, hint };
    return;
  }
  if (isOfResponder(row) && !place.isThere()) {
    const which = line === undefined ? "" : ` --line ${line}`;
    yield {
      ...found,
      message: `${head}; it was to answer OCSP`,
      hint: `samicerts ocsp responder${which} finishes it`,
    };
    return;
  }
  const elsewhere = row.keyElsewhere === true;
  const by = line === undefined ? "" : `--line ${line} `;
  const key = elsewhere ? " with the device's --csr, --public-key or --device-key" : "";
  const again = finishing(row, `client ${by}${shellOperands(serial, name)}${key}`, deps);
  try {
    const there = place.read();
    if (there.certificate === undefined) {
      const left = there.key === undefined ? "no file of it is there" : `${paths.key} is there alone`;
      yield { ...found, message: `${head}; ${left}`, hint: again };
      return;
    }
    const certificate = decodeSingle(there.certificate, paths.certificate);
    const fault = faultOf(certificate, row, line, deps);
    if (fault === undefined)
      yield mendable(
        {
          ...found,
          path: paths.certificate,
          message: `${head}; its certificate ${elsewhere ? "is" : "and key are"} there, whole`,
        },
        "puts them into the ledger",
        () => adopt(row, certificate, place, deps),
      );
    else
      yield {
        ...found,
        path: paths.certificate,
        message: `${head}; ${paths.certificate} ${fault}`,
        hint: "find out whose that file is before moving it away",
      };
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    yield { ...found, path: paths.certificate, message: `${head}; ${error.message}`, hint: error.hint };
  }
}

/** Who answers OCSP is called after its authority (create-responder.ts). */
function isOfResponder({ name, issuerSubject }: ListedRow): boolean {
  const [, authority] = /^(.+) OCSP$/.exec(name) ?? [];
  return authority !== undefined && issuerSubject.endsWith(`=${authority}`);
}

function isUnfinished(batch: number, deps: CheckDeps): boolean {
  return deps.ledger.batches().some(({ id, finished }) => id === batch && finished === undefined);
}

/** What finishes it: for what takes another's place the renewal of that, else `otherwise`. */
function finishing(
  { renews, replaces, name, issuerSubject }: ListedRow,
  otherwise: string,
  { workspace }: CheckDeps,
): string {
  // A root's own, or what binds it to another.
  const isReplacing = workspace.oldRoots().at(-1)?.hasNext() === true;
  if (isReplacing && (name === issuerSubject || / by the (?:new|old) root$/.test(name)))
    return "samicerts root --replace finishes it";
  if (name === issuerSubject) return `samicerts root ${shellQuoted(name)} --force makes another one`;
  const renewal = renews === undefined ? `rekey ${replaces}` : `renew ${renews}`;
  return `samicerts ${(renews ?? replaces) === undefined ? otherwise : renewal} finishes it`;
}

/** Why a certificate can't be the one that was being made; undefined where it can. */
function faultOf(
  certificate: Certificate,
  row: ListedRow,
  line: string | undefined,
  deps: CheckDeps,
): string | undefined {
  const { workspace, ledger, clock } = deps;
  if (serialValue(certificate.serial) !== BigInt(row.serial)) return "has another serial";
  const root = decodeSingle(workspace.readRootCertificate(), workspace.paths.rootCertificate);
  const above = line === undefined ? root : readLine(line, deps);
  const path = line === undefined ? workspace.paths.rootCertificate : workspace.line(line).paths.certificate;
  const issuer = ledger.issuers().find(({ id }) => id === row.issuer);
  const isIts =
    issuer !== undefined && Buffer.from(issuer.spkiSha256).toString("hex") === sha256Hex(above.publicKey.der);
  if (!isIts) return `is of an issuer that is not ${path}`;
  checkPath(certificate, line === undefined ? [root] : [above, root], clock.now());
  if (row.keyElsewhere === true)
    return sha256Hex(certificate.publicKey.der) === row.spkiSha256
      ? undefined
      : "has another key than was asked for";
  const key = deps.openKey(placeOf(row, line, deps).paths.key);
  if (key.publicKey === undefined)
    return "has a key beside it that is encrypted, so that nobody can tell whose it is";
  return sameKey(key.publicKey, certificate.publicKey) ? undefined : "does not belong to the key beside it";
}

function readLine(name: string, { workspace }: CheckDeps): Certificate {
  const line = workspace.line(name);
  return decodeSingle(line.readCertificate(), line.paths.certificate);
}

function adopt(row: ListedRow, certificate: Certificate, place: PairPlace, deps: CheckDeps): string {
  const { ledger, clock } = deps;
  const { issuer, serial, name } = row;
  const atMs = clock.now();
  const key = {
    spkiSha256: spkiDigest(certificate.publicKey),
    ...(row.keyElsewhere === true ? { keyElsewhere: true as const } : {}),
  };
  const reservation = ledger.takeOver({ issuer, serial, name, atMs, ...key });
  try {
    place.removeLeftovers();
    ledger.commit(reservation, ledgerEntry(certificate, atMs));
  } catch (error) {
    try {
      ledger.abandon(reservation);
    } catch {
      // What failed first is what must be said.
    }
    throw error;
  }
  return `put serial ${serial} into the ledger as issued`;
}
