import { generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult } from "node:crypto";
import {
  type AlgorithmIdentifier,
  algorithmIdentifier,
  SIGNATURE_ALGORITHMS,
} from "../../../src/x509/algorithms.ts";
import { encodeNull } from "../../../src/x509/der-writer.ts";
import { decodePublicKey, type PublicKey } from "../../../src/x509/public-key.ts";
import type { SignatureVerdict } from "../../../src/x509/signature.ts";

/** What is signed. */
export const DATA: Buffer = Buffer.from("what is signed");

/** A key of node:crypto's as ours. */
export const spki = (key: KeyObject): PublicKey =>
  decodePublicKey(key.export({ type: "spki", format: "der" }));

/** A signature algorithm by its name, with the parameters given. */
export const named = (name: string, parameters?: Uint8Array): AlgorithmIdentifier => {
  const known = [...SIGNATURE_ALGORITHMS.values()].find((algorithm) => algorithm.name === name);
  if (known === undefined) throw new Error(name);
  return algorithmIdentifier(known.oid, parameters);
};

/** Why a signature does not hold. */
export const reason = (verdict: SignatureVerdict): string => (verdict.ok ? "it holds" : verdict.reason);

/** A copy with the last bit turned over. */
export const flipped = (octets: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(octets);
  copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1;
  return copy;
};

/** A key pair on P-256. */
export const EC: KeyPairKeyObjectResult = generateKeyPairSync("ec", { namedCurve: "P-256" });
/** Its public key as ours. */
export const EC_KEY: PublicKey = spki(EC.publicKey);
/** An RSA key pair of 2048 bits. */
export const RSA: KeyPairKeyObjectResult = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** Its public key as ours. */
export const RSA_KEY: PublicKey = spki(RSA.publicKey);
/** An Ed25519 key pair. */
export const ED: KeyPairKeyObjectResult = generateKeyPairSync("ed25519");
/** Its public key as ours. */
export const ED_KEY: PublicKey = spki(ED.publicKey);
/** sha256WithRSAEncryption as it must be. */
export const SHA256_RSA: AlgorithmIdentifier = named("sha256WithRSAEncryption", encodeNull());
/** ecdsa-with-SHA256 as it must be. */
export const ECDSA_SHA256: AlgorithmIdentifier = named("ecdsa-with-SHA256");
