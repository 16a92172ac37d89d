import { createDetachedSigner } from "../x509/cms-signature.ts";
import { writePem } from "../x509/pem.ts";
import type { ManifestSigner } from "./batch-output.ts";
import type { Issuer } from "./open-issuer.ts";

/** The PEM label of a manifest's signature (RFC 7468, 9). */
export const SIGNATURE_LABEL = "CMS";

/** Prepares the issuer's signature under a manifest; `atMs` is its time. Throws `key.unsupported`. */
export function createManifestSigner(
  issuer: Pick<Issuer, "signer" | "certificate">,
  atMs: number,
): ManifestSigner {
  const signer = createDetachedSigner(issuer.signer, issuer.certificate, atMs);
  return { hash: signer.hash, sign: (digest) => writePem(SIGNATURE_LABEL, signer.sign(digest)) };
}
