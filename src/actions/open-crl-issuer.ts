import { SamicertsError } from "../base/errors.ts";
import type { IssuerId, Ledger } from "../ledger/ledger.ts";
import type { CrlFiles } from "../workspace/paths.ts";
import type { Certificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { validityFinding } from "../x509/path-checks.ts";
import { sameKey } from "../x509/same-key.ts";
import type { Signer } from "../x509/signer.ts";
import type { Deps } from "./deps.ts";
import { decodeSingle } from "./open-issuer.ts";
import { issuerEntry, pathInvalid } from "./record.ts";

/** One of the vendor's authorities, fit to say what it has revoked. */
export interface CrlIssuer {
  readonly id: IssuerId;
  readonly certificate: Certificate;
  readonly role: "root" | "intermediate";
  readonly files: CrlFiles;
  /** Opens its private key; throws `key.*`. */
  readonly openSigner: () => Signer;
}

/** Which of the vendor's authorities; the root where nothing is said. */
export interface Authority {
  /** A factory line. */
  readonly line?: string;
  /** A root that was replaced, by its number in old-roots/. */
  readonly oldRoot?: number;
}

/**
 * Finds the root, an earlier one or a line, to publish what it has revoked. Whether its certificate complies is not asked:
 * what was revoked must be told of under any policy.
 * Throws `io.missing`, `line.*`, `root.unknown`, `path.invalid`, `crl.not-allowed` (kind `refused`), `crl.issuer-unknown` (kind `io`).
 */
export function findCrlIssuer(deps: Deps, { line, oldRoot }: Authority): CrlIssuer {
  const found =
    line !== undefined ? lineOf(deps, line) : oldRoot === undefined ? rootOf(deps) : oldRootOf(deps, oldRoot);
  const { certificate, path } = found;
  const validity = validityFinding(certificate, deps.clock.now());
  if (validity !== undefined) throw pathInvalid([validity]);
  const usages = certificate.known.keyUsage?.usages;
  if (usages !== undefined && !usages.includes("cRLSign"))
    throw new SamicertsError({
      kind: "refused",
      code: "crl.not-allowed",
      message: `${path} may not sign CRLs: its keyUsage is ${usages.join(", ")}`,
      hint: "nobody would take a CRL of it; make a certificate authority with keyUsage cRLSign",
    });
  return { ...found, id: idIn(deps.ledger(), certificate, path) };
}

type Found = Omit<CrlIssuer, "id"> & { readonly path: string };

function rootOf(deps: Deps): Found {
  const { rootCertificate: path, rootKey, crl: files } = deps.workspace.paths;
  const certificate = decodeSingle(deps.workspace.readRootCertificate(), path);
  const openSigner = (): Signer => matching(deps.openRootSigner(), certificate, path, rootKey);
  return { certificate, role: "root", path, files, openSigner };
}

function oldRootOf(deps: Deps, number: number): Found {
  const old = deps.workspace.oldRoot(number);
  const { certificate: path, key } = old.paths;
  const bytes = old.read("certificate");
  if (bytes === undefined)
    throw new SamicertsError({
      kind: "io",
      code: "root.unknown",
      message: `there is no ${path}`,
      hint: "samicerts root --replace keeps there what it replaces, the first in old-roots/1",
    });
  const certificate = decodeSingle(bytes, path);
  const openSigner = (): Signer => matching(deps.openKey(key), certificate, path, key);
  return { certificate, role: "root", path, files: old.crl, openSigner };
}

function lineOf(deps: Deps, name: string): Found {
  const line = deps.workspace.line(name);
  const { certificate: path, key, crl: files } = line.paths;
  const certificate = decodeSingle(line.readCertificate(), path);
  const openSigner = (): Signer => matching(deps.openLineSigner(name), certificate, path, key);
  return { certificate, role: "intermediate", path, files, openSigner };
}

function matching(signer: Signer, certificate: Certificate, path: string, keyPath: string): Signer {
  if (sameKey(signer.publicKey, certificate.publicKey)) return signer;
  throw new SamicertsError({
    kind: "key",
    code: "key.mismatched",
    message: `${signer.source ?? keyPath} is not the key of ${path}`,
    hint: "put the key back that it was made with: without it nothing can be signed in its name",
  });
}

function idIn(ledger: Ledger, certificate: Certificate, path: string): IssuerId {
  const { subject, spkiSha256 } = issuerEntry(certificate, 0);
  const found = ledger
    .issuers()
    .find((one) => one.subject === subject && sameBytes(one.spkiSha256, spkiSha256));
  if (found !== undefined) return found.id;
  throw new SamicertsError({
    kind: "io",
    code: "crl.issuer-unknown",
    message: `the ledger does not know the authority in ${path}, nor what it has revoked`,
    hint: "put back the ledger that was there when it was made, or name it with --ledger",
  });
}
