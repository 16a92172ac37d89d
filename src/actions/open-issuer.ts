import { SamicertsError } from "../base/errors.ts";
import { hasSeverity } from "../base/finding.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Role } from "../policy/policy.ts";
import type { PairPlace, Workspace } from "../workspace/workspace.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { buildPath } from "../x509/chain.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { formatName } from "../x509/name-format.ts";
import { validityFinding } from "../x509/path-checks.ts";
import { looksLikePem, readPem } from "../x509/pem.ts";
import { sameKey } from "../x509/same-key.ts";
import { serialValue } from "../x509/serial.ts";
import type { Signer } from "../x509/signer.ts";
import { formatTime } from "../x509/time.ts";
import { refused } from "./certify.ts";
import type { Deps } from "./deps.ts";
import { checkKeyInUse } from "./key-protection.ts";
import { issuerEntry, pathInvalid } from "./record.ts";

/** An issuer that is fit to sign: its key belongs to its certificate, which is current and complies. */
export interface Issuer {
  readonly certificate: Certificate;
  readonly signer: Signer;
  /** The certificates above a new one: this issuer first, the root last. */
  readonly chain: readonly Certificate[];
}

/** An issuer in the vendor's directory. */
export interface VendorIssuer extends Issuer {
  /** What a device's chain file has after the device: those of `chain` but for the root; none under the root itself. */
  readonly carried: readonly Certificate[];
  /** Where one of its devices lies; `serial` in decimal. */
  readonly place: (serial: string) => PairPlace;
}

/** Opens the vendor's root for signing, or one of its lines; throws as `openRootIssuer` and `openLineIssuer`. */
export function openIssuer(deps: Deps, judge: Judge, line: string | undefined): VendorIssuer {
  return line === undefined ? openRootIssuer(deps, judge) : openLineIssuer(deps, judge, line);
}

/**
 * Opens the vendor's root for signing.
 * Throws `io.missing`, `root.malformed`, `key.mismatched`, `path.invalid` (an expired root among others), `policy.refused`.
 */
export function openRootIssuer(deps: Deps, judge: Judge): VendorIssuer {
  const { workspace } = deps;
  const place = (serial: string): PairPlace => workspace.device(serial);
  // Twice, where another process has replaced the root between the look at its certificate and that at its key.
  for (let attempt = 0; ; attempt++) {
    const certificate = readRoot(deps, judge);
    const signer = openRootKey(deps, certificate);
    if (sameKey(signer.publicKey, certificate.publicKey)) {
      const where = signer.source ?? workspace.paths.rootKey;
      checkKeyInUse(judge.policy, "root", signer.plainFile === true, where);
      return { certificate, signer, chain: [certificate], carried: [], place };
    }
    if (attempt === 0) continue;
    throw new SamicertsError({
      kind: "key",
      code: "key.mismatched",
      message: `${signer.source ?? workspace.paths.rootKey} is not the key of ${workspace.paths.rootCertificate}`,
      hint: "put the key back that this root was made with, or name it with --root-key; a root without its key can issue nothing more",
    });
  }
}

/** The root's key; where a replacement of the root was cut off at the last moment, it lies where that has made it. */
function openRootKey(deps: Deps, certificate: Certificate): Signer {
  const signer = deps.openRootSigner();
  if (sameKey(signer.publicKey, certificate.publicKey)) return signer;
  const last = deps.workspace.oldRoots().at(-1);
  if (last === undefined || !last.hasNext()) return signer;
  const next = deps.openKey(last.paths.nextKey);
  return sameKey(next.publicKey, certificate.publicKey) ? next : signer;
}

/**
 * Opens a factory line for signing; of the root only the certificate is read.
 * Throws `line.name`, `line.unknown`, and as `openRootIssuer` of either certificate.
 */
export function openLineIssuer(deps: Deps, judge: Judge, name: string): VendorIssuer {
  const line = deps.workspace.line(name);
  const { certificate: path, key } = line.paths;
  const certificate = decodeSingle(line.readCertificate(), path);
  const root = readRoot(deps, judge);
  const old = readOldRoots(deps.workspace);
  const nowMs = deps.clock.now();
  const { path: chain, findings } = buildPath({
    target: certificate,
    anchors: [root, ...old.map((one) => one.root)],
    untrusted: [],
    atMs: nowMs,
  });
  if (findings.length > 0) throw pathInvalid(findings);
  const anchor = chain.at(-1) as Certificate;
  if (anchor !== root) judgeIssuer(judge, [anchor], "root", nowMs);
  judgeIssuer(judge, chain, "intermediate", nowMs);
  checkLineKnown(deps, name, certificate);
  refuseRevokedLine(name, certificate, deps);
  const signer = deps.openLineSigner(name);
  if (!sameKey(signer.publicKey, certificate.publicKey))
    throw new SamicertsError({
      kind: "key",
      code: "key.mismatched",
      message: `${key} is not the key of ${path}`,
      hint: "put the key back that this line was made with; a line without its key can issue nothing more",
    });
  checkKeyInUse(judge.policy, "intermediate", signer.plainFile === true, key);
  return { certificate, signer, chain, carried: chain.slice(0, -1), place: (serial) => line.device(serial) };
}

/** The certificates of a root that was replaced. */
export interface OldRootCertificates {
  readonly root: Certificate;
  readonly oldWithNew?: Certificate;
  readonly newWithOld?: Certificate;
}

/** The roots that were replaced, oldest first; throws where a file of theirs is no certificate. */
export function readOldRoots(workspace: Workspace): readonly OldRootCertificates[] {
  return workspace.oldRoots().flatMap((old) => {
    const read = (which: "certificate" | "oldWithNew" | "newWithOld"): Certificate | undefined => {
      const bytes = old.read(which);
      return bytes === undefined ? undefined : decodeSingle(bytes, old.paths[which]);
    };
    const root = read("certificate");
    if (root === undefined) return [];
    const [oldWithNew, newWithOld] = [read("oldWithNew"), read("newWithOld")];
    return [
      {
        root,
        ...(oldWithNew === undefined ? {} : { oldWithNew }),
        ...(newWithOld === undefined ? {} : { newWithOld }),
      },
    ];
  });
}

/** The root's certificate, current and judged. */
function readRoot(deps: Deps, judge: Judge): Certificate {
  const path = deps.workspace.paths.rootCertificate;
  const certificate = decodeSingle(deps.workspace.readRootCertificate(), path);
  const nowMs = deps.clock.now();
  // Its own signature proves nothing of a file that is trusted as it lies there; that of what it signs is checked.
  const validity = validityFinding(certificate, nowMs);
  if (validity !== undefined) throw pathInvalid([validity]);
  judgeIssuer(judge, [certificate], "root", nowMs);
  return certificate;
}

/** Judges the first certificate of `path`; throws `policy.refused`. */
function judgeIssuer(judge: Judge, path: readonly Certificate[], role: Role, atMs: number): void {
  const certificate = path[0] as Certificate;
  const issuer = path[1] ?? certificate;
  const findings = judge.evaluate({ certificate, role, issuer, path, atMs });
  if (hasSeverity(findings, "error")) throw refused(findings, role, judge.policy.name);
}

/**
 * What a revoked line signs is refused by whoever looks at the root's CRL. A certificate that was only superseded is no
 * reason against signing its key anew (`signedAnew`). Throws `line.revoked` (kind `refused`).
 */
export function refuseRevokedLine(
  name: string,
  line: Certificate,
  { ledger, workspace }: Pick<Deps, "ledger" | "workspace">,
  signedAnew = false,
): void {
  const serial = serialValue(line.serial).toString();
  const row = ledger()
    .issuers()
    .map(({ id }) => ledger().find(id, serial))
    .find((one) => one?.certificate !== undefined && sameBytes(one.certificate.der, line.der));
  const revocation = row?.revocation;
  if (revocation === undefined) return;
  const isHeld = revocation.reason === "certificateHold";
  const isSuperseded = revocation.reason === "superseded";
  if (isSuperseded && signedAnew) return;
  const since = formatTime(revocation.revokedMs);
  throw new SamicertsError({
    kind: "refused",
    code: "line.revoked",
    message: `the certificate of the line ${name} ${isHeld ? "is on hold" : "was revoked"} since ${since} (${revocation.reason}): nobody who looks at the root's CRL would take what it signs`,
    hint: isHeld
      ? `take it off hold first: samicerts revoke ${shellQuoted(workspace.line(name).paths.certificate)} --release`
      : isSuperseded
        ? `have it signed anew: samicerts intermediate ${name} ${shellQuoted(formatName(line.subject))} --force`
        : "make another line, with a key of its own: samicerts intermediate --help",
  });
}

/** Without its row in the ledger nobody would know which serials the line may use, and which it has used. */
function checkLineKnown(deps: Deps, name: string, certificate: Certificate): void {
  const ledger = deps.ledger();
  const line = ledger.lines().find((one) => one.name.toLowerCase() === name.toLowerCase());
  const issuer = ledger.issuers().find(({ id }) => id === line?.issuer);
  const wanted = issuerEntry(certificate, 0);
  if (issuer?.subject === wanted.subject && sameBytes(issuer.spkiSha256, wanted.spkiSha256)) return;
  throw new SamicertsError({
    kind: "io",
    code: "line.unknown",
    message: `the ledger does not know the line ${name}: which serials it may use, and has used, is not known`,
    hint: "put back the ledger that was there when the line was made, or a copy of it (samicerts ledger backup)",
  });
}

/** Decodes a file that holds one certificate, PEM or DER; throws `certificate.count`, `pem.*`, `der.*`, `certificate.*`. */
export function decodeSingle(bytes: Uint8Array, file: string): Certificate {
  if (!looksLikePem(bytes)) return decodeCertificate(bytes, file);
  const blocks = readPem(bytes, file).filter((block) => block.label === "CERTIFICATE");
  const [block] = blocks;
  if (block === undefined || blocks.length > 1)
    throw new SamicertsError({
      kind: "input",
      code: "certificate.count",
      message: `${file} holds ${blocks.length === 0 ? "no certificate" : `${blocks.length} certificates`}, not one`,
      hint: "the file must hold one certificate, PEM or DER",
    });
  return decodeCertificate(block.der, file);
}
