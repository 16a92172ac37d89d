import { SamicertsError } from "../base/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type ByteSource, piecesOf } from "../x509/byte-source.ts";
import { type Crl, decodeCrl, decodeCrlFrame } from "../x509/crl.ts";
import { sameName } from "../x509/name-compare.ts";
import { formatName } from "../x509/name-format.ts";
import { serialValue } from "../x509/serial.ts";
import { verifySignature } from "../x509/signature.ts";
import type { FoundAuthority } from "./find-authority.ts";

/** A file that a CRL is to be written to, and how to look at what is there. */
export interface EarlierCrl {
  readonly path: string;
  readonly crls: readonly { readonly name: string; readonly source: ByteSource }[] | undefined;
}

const PIECE = 1024 * 1024;
/** So many serials are named. */
const NAMED = 3;

/**
 * Looks at what a new CRL takes the place of; gives the number that it must be above. What is not a CRL of this issuer
 * stays: `crl.foreign` (kind `exists`). One that is newer than any that the ledger knows was published with another
 * ledger, or by a run that was cut off: unless the ledger has all that it revokes, `crl.ledger-behind` (kind `io`).
 */
export function checkEarlier(files: readonly EarlierCrl[], issuer: FoundAuthority, ledger: Ledger): number {
  const known = ledger.revocations.lastCrl(issuer.id)?.number ?? 0;
  let above = 0;
  for (const { path, crls } of files) {
    if (crls === undefined) continue;
    const [only] = crls;
    if (only === undefined || crls.length > 1) throw foreign(path, `it holds ${crls.length} CRLs`);
    const crl = decodeCrlFrame(only.source, path);
    if (!sameName(crl.issuer, issuer.certificate.subject))
      throw foreign(path, `it is of ${formatName(crl.issuer)}`);
    const number = crl.known.number ?? 0n;
    if (number <= BigInt(known)) continue;
    if (number >= BigInt(Number.MAX_SAFE_INTEGER)) throw foreign(path, `its number is ${number}`);
    checkEntries(path, only.source, crl, issuer, ledger);
    above = Math.max(above, Number(number));
  }
  return above;
}

/** One that another key has signed tells of another issuer's certificates, though its name is the same. */
function checkEntries(
  path: string,
  source: ByteSource,
  crl: Crl,
  issuer: FoundAuthority,
  ledger: Ledger,
): void {
  const { tbs, outerAlgorithm, signature } = crl;
  const signed = piecesOf(source, tbs.at, tbs.end, PIECE);
  if (!verifySignature(signed, outerAlgorithm, signature, issuer.certificate.publicKey).ok) return;
  const missing: string[] = [];
  let count = 0;
  decodeCrl(source, path, ({ serial, reason }) => {
    // A hold may have ended since.
    if (reason === "certificateHold") return;
    const decimal = serialValue(serial).toString();
    if (ledger.find(issuer.id, decimal)?.revocation !== undefined) return;
    count++;
    if (missing.length < NAMED) missing.push(decimal);
  });
  if (count === 0) return;
  const more = count > missing.length ? ` and ${count - missing.length} more` : "";
  throw new SamicertsError({
    kind: "io",
    code: "crl.ledger-behind",
    message: `${path} is newer than the ledger, which does not know that ${missing.join(", ")}${more} ${count === 1 ? "is" : "are"} revoked`,
    hint: "put back the ledger that it was published with; or, if that is lost, revoke them again first",
  });
}

function foreign(path: string, why: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "crl.foreign",
    message: `${path} is not an earlier CRL of this authority: ${why}`,
    hint: "move it away, or write the CRL elsewhere with --out",
  });
}
