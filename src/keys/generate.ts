import { createECDH, createPrivateKey, generateKeyPairSync } from "node:crypto";
import type { IssueCurve, KeySpec } from "../x509/algorithms.ts";
import { decodePublicKey, type PublicKey } from "../x509/public-key.ts";
import type { Signer } from "../x509/signer.ts";
import { ecStructure, fillEcStructure } from "./ec-structure.ts";
import { softwareSigner } from "./software-signer.ts";

/** A key pair that was just made and is in memory only. */
export interface GeneratedKey {
  readonly publicKey: PublicKey;
  /** The private key's PKCS#8 DER; zeros after `wipe`. */
  readonly pkcs8: Uint8Array;
  /** A signer of this key; take its first signature before `wipe`. */
  signer(): Signer;
  /** Overwrites `pkcs8` with zeros, once it has been written where it belongs. */
  wipe(): void;
}

/** Makes one key pair of the kind that `spec` names, from the system's random source. */
export function generateKey(spec: KeySpec): GeneratedKey {
  return keyGenerator(spec)();
}

/**
 * Gives a function that makes one key pair of the kind that `spec` names at each call.
 * For many keys: on P-256 setting up the curve costs as much as the key itself.
 */
export function keyGenerator(spec: KeySpec): () => GeneratedKey {
  if (spec.kind === "ec") return ecGenerator(spec.curve);
  if (spec.kind === "ed25519")
    return () => {
      const pair = generateKeyPairSync("ed25519", { publicKeyEncoding: SPKI, privateKeyEncoding: PKCS8 });
      return generatedKey(decodePublicKey(pair.publicKey), pair.privateKey);
    };
  return () => {
    const pair = generateKeyPairSync("rsa", {
      modulusLength: spec.bits,
      publicExponent: 65537,
      publicKeyEncoding: SPKI,
      privateKeyEncoding: PKCS8,
    });
    return generatedKey(decodePublicKey(pair.publicKey), pair.privateKey);
  };
}

const SPKI = { type: "spki", format: "der" } as const;
const PKCS8 = { type: "pkcs8", format: "der" } as const;

function ecGenerator(curve: IssueCurve): () => GeneratedKey {
  const structure = ecStructure(curve);
  const ecdh = createECDH(structure.opensslName);
  return () => {
    const point = ecdh.generateKeys();
    const scalar = ecdh.getPrivateKey();
    const { pkcs8, publicKey } = fillEcStructure(structure, scalar, point);
    scalar.fill(0);
    return generatedKey(publicKey, pkcs8);
  };
}

function generatedKey(publicKey: PublicKey, pkcs8: Uint8Array): GeneratedKey {
  return {
    publicKey,
    pkcs8,
    signer: () =>
      softwareSigner(publicKey, () =>
        createPrivateKey({
          key: Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length),
          format: "der",
          type: "pkcs8",
        }),
      ),
    wipe: () => {
      pkcs8.fill(0);
    },
  };
}
