import { SamicertsError } from "../base/errors.ts";
import type { ListedRow } from "../ledger/listing.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { formatName } from "../x509/name-format.ts";
import { serialValue } from "../x509/serial.ts";
import { type Discrepancy, serialOf } from "./discrepancy.ts";
import { sha256Hex } from "./summary.ts";

/** Checks that the certificate stored in a row is the one that the row tells of; where it is `named`, by its name too. */
export function* checkStored(row: ListedRow, named: boolean): Generator<Discrepancy> {
  const wrong = faultOf(row, named);
  if (wrong === undefined) return;
  yield {
    rule: "ledger.certificate-damaged",
    ...serialOf(row),
    message: `the ledger's copy of certificate ${row.serial} ${wrong}`,
    hint: "restore the ledger from a backup: it was changed from outside, or the disk has lost something",
  };
}

function faultOf(row: ListedRow, named: boolean): string | undefined {
  const { der } = row;
  if (der === undefined || der.length === 0) return "is not there";
  if (sha256Hex(der) !== row.certificateSha256)
    return "does not have the SHA-256 that the ledger keeps of it";
  let certificate: Certificate;
  try {
    certificate = decodeCertificate(der, "the ledger's copy");
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    return `can't be decoded: ${error.message}`;
  }
  if (serialValue(certificate.serial) !== BigInt(row.serial)) return "has another serial";
  if (sha256Hex(certificate.publicKey.der) !== row.spkiSha256)
    return "has another public key than the ledger keeps of it";
  const sameEnds =
    certificate.notBefore.epochMs === row.notBeforeMs && certificate.notAfter.epochMs === row.notAfterMs;
  if (!sameEnds) return "is valid at other times than the ledger keeps of it";
  const { subject } = certificate;
  const has = (words: string): boolean => subject.rdns.flat().some(({ text }) => text.includes(words));
  // Another policy than the one in force may have named the device by its serial instead.
  if (!named || has(row.name) || has(row.serial)) return undefined;
  return `is of ${formatName(subject)}, and the ledger keeps the name ${JSON.stringify(row.name)} of it`;
}
