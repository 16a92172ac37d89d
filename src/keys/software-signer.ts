import { type KeyObject, sign } from "node:crypto";
import { type AlgorithmIdentifier, signatureAlgorithmFor } from "../x509/algorithms.ts";
import type { PublicKey } from "../x509/public-key.ts";
import type { Signer } from "../x509/signer.ts";
import { suitableAlgorithm } from "./suitable-algorithm.ts";

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
  const openedKey = (): KeyObject => {
    opened ??= key();
    return opened;
  };
  return {
    publicKey,
    keyObject: openedKey,
    get algorithm(): AlgorithmIdentifier {
      return ownAlgorithm();
    },
    sign(tbs: Uint8Array, algorithm: AlgorithmIdentifier = ownAlgorithm()): Uint8Array {
      const { hash } = suitableAlgorithm(publicKey, algorithm);
      return sign(hash ?? null, tbs, openedKey());
    },
  };
}
