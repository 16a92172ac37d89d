import { SamicertsError } from "../base/errors.ts";
import { hasSeverity } from "../base/finding.ts";
import type { Judge } from "../policy/evaluate.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { validityFinding } from "../x509/path-checks.ts";
import { looksLikePem, readPem } from "../x509/pem.ts";
import { sameKey } from "../x509/same-key.ts";
import type { Signer } from "../x509/signer.ts";
import { refused } from "./certify.ts";
import type { Deps } from "./deps.ts";
import { pathInvalid } from "./record.ts";

/** An issuer that is fit to sign: its key belongs to its certificate, which is current and complies. */
export interface Issuer {
  readonly certificate: Certificate;
  readonly signer: Signer;
  /** The certificates above a new one: this issuer first, the root last. */
  readonly chain: readonly Certificate[];
}

/**
 * Opens the vendor's root for signing.
 * Throws `io.missing`, `root.malformed`, `key.mismatched`, `path.invalid` (an expired root among others), `policy.refused`.
 */
export function openRootIssuer(deps: Deps, judge: Judge): Issuer {
  const path = deps.workspace.paths.rootCertificate;
  const certificate = decodeSingle(deps.workspace.readRootCertificate(), path);
  const nowMs = deps.clock.now();
  // Its own signature proves nothing of a file that is trusted as it lies there; that of what it signs is checked.
  const validity = validityFinding(certificate, nowMs);
  if (validity !== undefined) throw pathInvalid([validity]);
  const findings = judge.evaluate({
    certificate,
    role: "root",
    issuer: certificate,
    path: [certificate],
    atMs: nowMs,
  });
  if (hasSeverity(findings, "error")) throw refused(findings, "root", judge.policy.name);
  const signer = deps.openRootSigner();
  if (!sameKey(signer.publicKey, certificate.publicKey))
    throw new SamicertsError({
      kind: "key",
      code: "key.mismatched",
      message: `${signer.source ?? deps.workspace.paths.rootKey} is not the key of ${path}`,
      hint: "put the key back that this root was made with; a root without its key can issue nothing more",
    });
  return { certificate, signer, chain: [certificate] };
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
