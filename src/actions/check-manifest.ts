import { SamicertsError } from "../base/errors.ts";
import type { Certificate } from "../x509/certificate.ts";
import { createPathBuilder } from "../x509/chain.ts";
import type { DetachedSignature } from "../x509/cms-signature.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { formatName } from "../x509/name-format.ts";
import { verifyDetachedSignature } from "../x509/signature-detached.ts";
import { sha256Hex } from "./summary.ts";

/** A manifest's signature, and who may have made it. */
export interface ManifestCheck {
  /** The manifest's path, and its signature's, for messages. */
  readonly path: string;
  readonly signaturePath: string;
  readonly signature: DetachedSignature;
  /** Of the whole manifest, by the signature's hash. */
  readonly digest: Uint8Array;
  /** Trust anchors. */
  readonly anchors: readonly Certificate[];
  /** Further certificate authorities, which may sign where a path leads from them to an anchor. */
  readonly untrusted: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/**
 * Makes sure that a manifest is, octet for octet, what a root that is trusted has signed; gives the certificate of the
 * key that did. Throws `manifest.changed` and `manifest.signature` (kind `refused`).
 */
export function checkManifestSignature(check: ManifestCheck): Certificate {
  const { path, signaturePath, signature, digest, anchors } = check;
  const able = [...anchors, ...check.untrusted.filter((one) => leadsToAnchor(one, check))];
  const signer = able.find(({ publicKey }) => verifyDetachedSignature(signature, publicKey).ok);
  if (signer === undefined)
    throw refused(
      "signature",
      `${signaturePath} is not a signature by ${named(able)}`,
      "name the root that issued the batch with --root; if that is the one, do not rely on the manifest",
    );
  if (sameBytes(signature.digest, digest)) return signer;
  throw refused(
    "changed",
    `${path} was changed after it was signed: its digest is not the one in ${signaturePath}`,
    "do not rely on it; obtain both files again from where the batch left them",
  );
}

/** Makes sure that a manifest's own words name the issuer whose key signed it; throws `manifest.signature`. */
export function checkManifestIssuer(path: string, issuerSpkiSha256: string, signer: Certificate): void {
  if (issuerSpkiSha256 === sha256Hex(signer.publicKey.der)) return;
  throw refused(
    "signature",
    `${path} is of another issuer's batch than ${formatName(signer.subject)}, who signed it`,
    "do not rely on it; obtain it again from where the batch left it",
  );
}

/** A device's certificate leads to an anchor too: only an authority may answer for a batch. */
function leadsToAnchor(certificate: Certificate, check: ManifestCheck): boolean {
  const { basicConstraints, keyUsage } = certificate.known;
  if (basicConstraints?.ca !== true) return false;
  if (keyUsage !== undefined && !keyUsage.usages.includes("keyCertSign")) return false;
  const paths = createPathBuilder({ anchors: check.anchors, untrusted: check.untrusted });
  return paths.build(certificate, check.atMs).findings.length === 0;
}

function named(able: readonly Certificate[]): string {
  const names = able.slice(0, 3).map(({ subject }) => formatName(subject));
  return `${names.join(" or ")}${able.length > 3 ? `, or ${able.length - 3} more` : ""}`;
}

function refused(problem: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "refused", code: `manifest.${problem}`, message, hint });
}
