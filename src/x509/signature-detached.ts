import type { DetachedSignature } from "./cms-signature.ts";
import type { PublicKey } from "./public-key.ts";
import { createVerifier, type SignatureVerdict } from "./signature.ts";

/**
 * Checks a detached signature under a key (RFC 5652, 5.4): that its attributes, the content's digest among them, are
 * what the key signed. Whether the content has that digest is another question.
 */
export function verifyDetachedSignature(signature: DetachedSignature, key: PublicKey): SignatureVerdict {
  return createVerifier(key).verify(signature.signedAttributes, signature.algorithm, signature.signature);
}
