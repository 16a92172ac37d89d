import { SamicertsError } from "../base/errors.ts";
import {
  type AlgorithmIdentifier,
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
} from "../x509/algorithms.ts";
import type { PublicKey } from "../x509/public-key.ts";

/** The signature algorithm that was chosen, where a key can sign with it; throws `key.unsupported` where it can't. */
export function suitableAlgorithm(publicKey: PublicKey, chosen: AlgorithmIdentifier): SignatureAlgorithm {
  const found = SIGNATURE_ALGORITHMS.get(chosen.oid);
  const family = publicKey.kind === "ec" ? "ecdsa" : publicKey.kind;
  if (found?.issue === true && found.family === family) return found;
  throw new SamicertsError({
    kind: "key",
    code: "key.unsupported",
    message: `a ${publicKey.label} key can't sign with ${found?.name ?? chosen.oid}`,
    hint: "sign with SHA-256, SHA-384 or SHA-512, by the algorithm that belongs to the key",
  });
}
