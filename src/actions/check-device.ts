import { SamicertsError } from "../base/errors.ts";
import type { ListedRow } from "../ledger/listing.ts";
import type { PairPlace } from "../workspace/workspace.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { writePem } from "../x509/pem.ts";
import { sameKey } from "../x509/same-key.ts";
import { serialValue } from "../x509/serial.ts";
import { checkChain } from "./check-chain.ts";
import { type Discrepancy, mendable, serialOf } from "./discrepancy.ts";
import type { CheckDeps } from "./ledger-check.ts";
import { decodeSingle } from "./open-issuer.ts";

/** Checks an issued device's files against its row; `line` is the line that issued it. */
export function* checkDevice(
  row: ListedRow,
  line: string | undefined,
  deps: CheckDeps,
): Generator<Discrepancy> {
  const place = placeOf(row, line, deps);
  const { der } = row;
  const stored = decodedOrNot(der);
  // A row that is damaged itself is told of already, and says nothing of files.
  if (der === undefined || stored === undefined) return;
  const { paths } = place;
  const write = (replace: boolean): void => {
    place.writeCertificate(writePem("CERTIFICATE", der), { replace });
  };
  yield* checkCertificateFile(row, der, paths.certificate, () => place.read().certificate, write);
  if (row.keyElsewhere !== true) yield* checkKey(row, stored, paths.key, deps);
  if (line !== undefined) yield* checkChain(row, der, place, line, deps);
}

/** Where a device's files belong; `line` is the line that issued it. */
export function placeOf(
  { serial }: { readonly serial: string },
  line: string | undefined,
  { workspace }: CheckDeps,
): PairPlace {
  return line === undefined ? workspace.device(serial) : workspace.line(line).device(serial);
}

/** Checks that a file holds this certificate and no other; `read` gives undefined where it is not there. */
export function* checkCertificateFile(
  row: ListedRow,
  der: Uint8Array,
  path: string,
  read: () => Uint8Array | undefined,
  write: (replace: boolean) => void,
): Generator<Discrepancy> {
  const wrong = faultOf(row, der, path, read);
  if (wrong === undefined) return;
  const found = { ...serialOf(row), path };
  if (wrong === MISSING)
    yield mendable(
      { ...found, rule: "certificate.missing", message: `${path} is missing` },
      "writes it again from the ledger",
      () => {
        write(false);
        return `wrote ${path} from the ledger`;
      },
    );
  else
    yield {
      ...found,
      rule: "certificate.altered",
      message: `${path} ${wrong}`,
      hint: `find out how that came; then move it away, and samicerts ledger repair writes the right one`,
    };
}

/** Checks the private key beside a certificate. */
export function* checkKey(
  row: ListedRow,
  certificate: Certificate,
  path: string,
  deps: CheckDeps,
): Generator<Discrepancy> {
  const found = { ...serialOf(row), path };
  try {
    const { publicKey, othersMayRead } = deps.openKey(path);
    if (publicKey !== undefined && !sameKey(publicKey, certificate.publicKey))
      yield {
        ...found,
        rule: "key.mismatched",
        message: `${path} is not the key of certificate ${row.serial}`,
        hint: "find the key that it was made with; without it the device needs a new certificate, under another serial",
      };
    if (othersMayRead)
      yield mendable(
        {
          ...found,
          rule: "key.permissions",
          message: `${path} can be read or changed by others than its owner`,
        },
        "makes it its owner's alone; whether somebody has read it nobody can tell",
        () => {
          deps.makePrivate(path);
          return `made ${path} its owner's alone`;
        },
      );
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    const isMissing = error.code === "io.missing";
    yield {
      ...found,
      rule: isMissing ? "key.missing" : "key.unreadable",
      message: isMissing ? `${path} is missing` : error.message,
      hint: isMissing
        ? "no other copy is kept: find it in a backup, or make the device a new certificate under another serial"
        : error.hint,
    };
  }
}

const MISSING = "is missing";

function faultOf(
  row: ListedRow,
  der: Uint8Array,
  path: string,
  read: () => Uint8Array | undefined,
): string | undefined {
  try {
    const bytes = read();
    if (bytes === undefined) return MISSING;
    const certificate = decodeSingle(bytes, path);
    if (sameBytes(certificate.der, der)) return undefined;
    const serial = serialValue(certificate.serial);
    return serial === BigInt(row.serial)
      ? "is not the certificate that was issued for its serial"
      : `has serial ${serial}, not ${row.serial}`;
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    return error.code === "io.missing" ? MISSING : `can't be read as a certificate: ${error.message}`;
  }
}

function decodedOrNot(der: Uint8Array | undefined): Certificate | undefined {
  if (der === undefined) return undefined;
  try {
    return decodeCertificate(der);
  } catch (error) {
    if (error instanceof SamicertsError) return undefined;
    throw error;
  }
}
