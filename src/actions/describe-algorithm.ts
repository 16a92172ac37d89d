import { createHash } from "node:crypto";
import { type AlgorithmIdentifier, SIGNATURE_ALGORITHMS } from "../x509/algorithms.ts";
import { readPssParameters } from "../x509/pss.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { algorithmName, keyProblem, type Signed, verifySignature } from "../x509/signature.ts";

/** A public key's facts. */
export interface KeyFacts {
  /** As `--key` writes it: `ec:P-256`; the algorithm's OID for kinds that samicerts does not make. */
  readonly key: string;
  /** Of such a kind: its name, where we have one. */
  readonly keyName?: string;
  /** RSA: the public exponent in decimal. */
  readonly exponent?: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
}

/** Whether a signature holds, and if not, why. */
export interface SignatureHolds {
  /** Null where it is of a kind that can't be checked. */
  readonly holds: boolean | null;
  readonly reason?: string;
}

/** Gives a public key's facts. */
export function keyFacts(publicKey: PublicKey): KeyFacts {
  const { exponent, kind, algorithm } = publicKey;
  const keyName = kind === "other" ? algorithmName(algorithm.oid) : undefined;
  return {
    key: publicKey.label,
    ...(keyName === undefined ? {} : { keyName }),
    ...(exponent === undefined
      ? {}
      : { exponent: BigInt(`0x${Buffer.from(exponent).toString("hex") || "0"}`).toString() }),
    spkiSha256: createHash("sha256").update(publicKey.der).digest("hex"),
  };
}

/** A signature's algorithm in words, with the parameters of RSASSA-PSS; its OID where we have no name. */
export function describeAlgorithm(algorithm: AlgorithmIdentifier): string {
  const name = algorithmName(algorithm.oid) ?? algorithm.oid;
  if (name !== "RSASSA-PSS") return name;
  const parameters = readPssParameters(algorithm);
  return parameters.ok
    ? `${name} with ${parameters.hash.toUpperCase().replace("SHA", "SHA-")}, salt of ${parameters.saltOctets} octets`
    : `${name} with other parameters than those in use`;
}

/** Checks a signature, the octets of a BIT STRING, over `signed`, whole or in pieces. */
export function checkSignature(
  signed: Signed,
  algorithm: AlgorithmIdentifier,
  signature: Uint8Array,
  key: PublicKey,
): SignatureHolds {
  const verdict = verifySignature(signed, algorithm, signature, key);
  if (verdict.ok) return { holds: true };
  const isUnknown = !SIGNATURE_ALGORITHMS.has(algorithm.oid) || keyProblem(key)?.kind === "unsupported";
  return { holds: isUnknown ? null : false, reason: verdict.reason };
}
