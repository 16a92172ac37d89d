import { type KeyObject, sign } from "node:crypto";
import { SamicertsError } from "../base/errors.ts";
import {
  type AlgorithmIdentifier,
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
  signatureAlgorithmFor,
} from "../x509/algorithms.ts";
import type { PublicKey } from "../x509/public-key.ts";
import type { Signer } from "../x509/signer.ts";

/**
 * Makes a signer of a private key held in memory.
 * `key` opens the KeyObject at the first signature, not before: it costs more than making an EC key does,
 * and a device's key never signs. `publicKey` must be its public part.
 */
export function softwareSigner(publicKey: PublicKey, key: () => KeyObject): Signer {
  let own: AlgorithmIdentifier | undefined;
  let opened: KeyObject | undefined;
  const ownAlgorithm = (): AlgorithmIdentifier => {
    own ??= signatureAlgorithmFor(publicKey);
    return own;
  };
  return {
    publicKey,
    get algorithm(): AlgorithmIdentifier {
      return ownAlgorithm();
    },
    sign(tbs: Uint8Array, algorithm: AlgorithmIdentifier = ownAlgorithm()): Uint8Array {
      const { hash } = suitable(publicKey, algorithm);
      opened ??= key();
      return sign(hash ?? null, tbs, opened);
    },
  };
}

function suitable(publicKey: PublicKey, chosen: AlgorithmIdentifier): SignatureAlgorithm {
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
