import { SamicertsError } from "../base/errors.ts";
import type { IssuerId, Ledger } from "../ledger/ledger.ts";
import type { CrlFiles } from "../workspace/paths.ts";
import type { Responders } from "../workspace/workspace.ts";
import type { Certificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { validityFinding } from "../x509/path-checks.ts";
import { sameKey } from "../x509/same-key.ts";
import type { Signer } from "../x509/signer.ts";
import type { Deps } from "./deps.ts";
import { decodeSingle } from "./open-issuer.ts";
import { issuerEntry, pathInvalid } from "./record.ts";

/** One of the vendor's authorities, that tells of what it has revoked. */
export interface FoundAuthority {
  readonly id: IssuerId;
  readonly certificate: Certificate;
  /** Its certificate's file. */
  readonly path: string;
  readonly role: "root" | "intermediate";
  /** Where its CRL goes. */
  readonly crl: CrlFiles;
  /** Where the certificates of those lie that answer OCSP in its stead. */
  readonly responders: Responders;
  /** Opens its private key; throws `key.*`. */
  readonly openSigner: () => Signer;
}

/** What finding an authority needs of the world. */
export type AuthorityDeps = Pick<
  Deps,
  "clock" | "workspace" | "ledger" | "openRootSigner" | "openLineSigner" | "openKey"
>;

/** Which of the vendor's authorities; the root where nothing is said. */
export interface Authority {
  /** A factory line. */
  readonly line?: string;
  /** A root that was replaced, by its number in old-roots/. */
  readonly oldRoot?: number;
}

/**
 * Finds the root, an earlier one or a line, to tell of what it has revoked. Whether its certificate complies is not asked:
 * what was revoked must be told of under any policy.
 * Throws `io.missing`, `line.*`, `root.unknown`, `path.invalid` where it has expired, `authority.unknown` (kind `io`).
 */
export function findAuthority(deps: AuthorityDeps, { line, oldRoot }: Authority): FoundAuthority {
  const found =
    line !== undefined ? lineOf(deps, line) : oldRoot === undefined ? rootOf(deps) : oldRootOf(deps, oldRoot);
  const { certificate, path } = found;
  const validity = validityFinding(certificate, deps.clock.now());
  if (validity !== undefined) throw pathInvalid([validity]);
  return { ...found, id: idIn(deps.ledger(), certificate, path) };
}

type Found = Omit<FoundAuthority, "id">;

function rootOf(deps: AuthorityDeps): Found {
  const { rootCertificate: path, rootKey, crl } = deps.workspace.paths;
  const certificate = decodeSingle(deps.workspace.readRootCertificate(), path);
  const openSigner = (): Signer => matching(deps.openRootSigner(), certificate, path, rootKey);
  return { certificate, role: "root", path, crl, responders: deps.workspace.responders, openSigner };
}

function oldRootOf(deps: AuthorityDeps, number: number): Found {
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
  return { certificate, role: "root", path, crl: old.crl, responders: old.responders, openSigner };
}

function lineOf(deps: AuthorityDeps, name: string): Found {
  const line = deps.workspace.line(name);
  const { certificate: path, key, crl } = line.paths;
  const certificate = decodeSingle(line.readCertificate(), path);
  const openSigner = (): Signer => matching(deps.openLineSigner(name), certificate, path, key);
  return { certificate, role: "intermediate", path, crl, responders: line.responders, openSigner };
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
    code: "authority.unknown",
    message: `the ledger does not know the authority in ${path}, nor what it has revoked`,
    hint: "put back the ledger that was there when it was made, or name it with --ledger",
  });
}
