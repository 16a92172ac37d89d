import { decodeSingle, readOldRoots } from "../actions/open-issuer.ts";
import { issuerEntry } from "../actions/record.ts";
import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Certificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import type { Flags } from "./flag-values.ts";
import { openVendorDirectory, vendorDirectory } from "./vendor-directory.ts";

/** The commands that publish the CRLs of these issuers, by their numbers in the ledger. */
export function publishingCommands(
  flags: Flags,
  ledger: Ledger,
  issuers: readonly number[],
): readonly string[] {
  const directory = vendorDirectory(flags);
  const where = directory === "." ? "" : ` --dir ${shellQuoted(directory)}`;
  const lines = new Map(ledger.lines().map(({ issuer, name }) => [issuer, `--line ${name}`]));
  const roots = rootFlags(flags, ledger);
  const which = issuers.map((id) => lines.get(id) ?? roots.get(id) ?? "");
  return which.map((flag) => `samicerts crl${flag === "" ? "" : ` ${flag}`}${where}`);
}

/** What names each root that is there; where a file can't be read, whoever needs it tells. */
function rootFlags(flags: Flags, ledger: Ledger): ReadonlyMap<number, string> {
  const workspace = openVendorDirectory(flags);
  const found = new Map<number, string>();
  try {
    for (const [index, { root }] of readOldRoots(workspace).entries()) note(root, `--old-root ${index + 1}`);
    note(decodeSingle(workspace.readRootCertificate(), workspace.paths.rootCertificate), "");
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
  }
  return found;

  function note(root: Certificate, flag: string): void {
    const { subject, spkiSha256 } = issuerEntry(root, 0);
    const issuer = ledger
      .issuers()
      .find((one) => one.subject === subject && sameBytes(one.spkiSha256, spkiSha256));
    if (issuer !== undefined) found.set(issuer.id, flag);
  }
}
