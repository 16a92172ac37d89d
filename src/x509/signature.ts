import {
  constants,
  createPublicKey,
  createVerify,
  type KeyObject,
  type VerifyKeyObjectInput,
  verify,
} from "node:crypto";
import { type AlgorithmIdentifier, SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from "./algorithms.ts";
import { curveOrder, ecdsaSignatureProblem } from "./ecdsa-signature.ts";
import { ed25519KeyProblem, ed25519SignatureProblem } from "./ed25519-signature.ts";
import { readPssParameters } from "./pss.ts";
import type { PublicKey } from "./public-key.ts";
import { rsaKeyProblem, rsaSignatureProblem, verifyPkcs1 } from "./rsa-signature.ts";

/** Whether a signature holds, and where not, why. */
export type SignatureVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What was signed, whole or in pieces; each piece holds until the next is taken. */
export type Signed = Uint8Array | Iterable<Uint8Array>;

/** Checks signatures made with one key. */
export interface SignatureVerifier {
  /** Checks `signature`, the octets of the BIT STRING, over `tbs`, whole or in pieces; never throws on what it is given. */
  verify(tbs: Signed, algorithm: AlgorithmIdentifier, signature: Uint8Array): SignatureVerdict;
}

/**
 * Checks one signature under `key`; see `createVerifier`, which is cheaper where one key signed many.
 */
export function verifySignature(
  tbs: Signed,
  algorithm: AlgorithmIdentifier,
  signature: Uint8Array,
  key: PublicKey,
): SignatureVerdict {
  return createVerifier(key).verify(tbs, algorithm, signature);
}

/**
 * Makes a verifier for `key`. It loads the key at the first signature and keeps it.
 * What is checked beside the arithmetic: the algorithm is one we know, with exactly the parameters it must have
 * (RFC 3279, 4055, 5758, 8410); the key is of its kind; the key's numbers and the signature's are in range;
 * the signature's encoding is the only one possible. With `anySalt` that of RSASSA-PSS may be of any length.
 */
export function createVerifier(
  key: PublicKey,
  { anySalt = false }: { readonly anySalt?: boolean } = {},
): SignatureVerifier {
  let loaded: KeyObject | string | undefined;
  return {
    verify(tbs, algorithm, signature) {
      const known = SIGNATURE_ALGORITHMS.get(algorithm.oid);
      if (known === undefined) return refused(`${algorithmLabel(algorithm.oid)} is not supported`);
      const misfit = parameterProblem(known, algorithm) ?? kindProblem(known, key);
      if (misfit !== undefined) return refused(misfit);
      loaded ??= loadKey(key);
      if (typeof loaded === "string") return refused(loaded);
      try {
        return check(known, algorithm, key, loaded, tbs, signature, anySalt);
      } catch (error) {
        // OpenSSL throws where its own limits refuse a key that is well formed, such as a modulus over 16,384 bits.
        return refused(`the signature can't be computed: ${(error as Error).message}`);
      }
    },
  };
}

function check(
  known: SignatureAlgorithm,
  algorithm: AlgorithmIdentifier,
  key: PublicKey,
  loaded: KeyObject,
  tbs: Signed,
  signature: Uint8Array,
  anySalt: boolean,
): SignatureVerdict {
  if (known.family === "ecdsa") {
    const problem = ecdsaSignatureProblem(signature, curveOrder(key.curve ?? "") as Uint8Array);
    return problem === undefined
      ? verdict(verifyBy(known.hash as string, tbs, loaded, signature))
      : refused(problem);
  }
  if (known.family === "ed25519") {
    const problem = ed25519SignatureProblem(signature);
    return problem === undefined
      ? verdict(verify(undefined, whole(tbs), loaded, signature))
      : refused(problem);
  }
  const problem = rsaSignatureProblem(key, signature);
  if (problem !== undefined) return refused(problem);
  if (known.hash !== undefined)
    return verdict(verifyPkcs1(loaded, (key.modulus as Uint8Array).length, known.hash, tbs, signature));
  const pss = readPssParameters(algorithm, anySalt);
  if (!pss.ok) return pss;
  const options = { key: loaded, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pss.saltOctets };
  return verdict(verifyBy(pss.hash, tbs, options, signature));
}

function verifyBy(
  hash: string,
  tbs: Signed,
  key: KeyObject | VerifyKeyObjectInput,
  signature: Uint8Array,
): boolean {
  if (tbs instanceof Uint8Array) return verify(hash, tbs, key, signature);
  const verifier = createVerify(hash);
  for (const piece of tbs) verifier.update(piece);
  return verifier.verify(key, signature);
}

/** Ed25519 goes over what is signed twice, and so needs all of it at once. */
function whole(tbs: Signed): Uint8Array {
  return tbs instanceof Uint8Array ? tbs : Buffer.concat(Array.from(tbs, (piece) => Uint8Array.from(piece)));
}

function parameterProblem(known: SignatureAlgorithm, algorithm: AlgorithmIdentifier): string | undefined {
  const parameters = algorithm.parameters;
  if (known.parameters === "absent" && parameters !== undefined) return `${known.name} takes no parameters`;
  if (known.parameters !== "null") return undefined;
  return parameters?.length === 2 && parameters[0] === 5 && parameters[1] === 0
    ? undefined
    : `${known.name} takes NULL as its parameters`;
}

const KEY_KINDS: ReadonlyMap<SignatureAlgorithm["family"], PublicKey["kind"]> = new Map([
  ["ecdsa", "ec"],
  ["rsa", "rsa"],
  ["rsa-pss", "rsa"],
  ["ed25519", "ed25519"],
]);

function kindProblem(known: SignatureAlgorithm, key: PublicKey): string | undefined {
  return key.kind === KEY_KINDS.get(known.family)
    ? undefined
    : `${known.name} does not fit the signer's key, ${keyLabel(key)}`;
}

/** Why no signature under a key is to be relied on. */
export interface KeyProblem {
  /** `unsupported`: not a key we can check signatures with; `unsafe`: one whose numbers make forging easy. */
  readonly kind: "unsupported" | "unsafe";
  readonly message: string;
}

/** Says what is wrong with a key, whatever its length; undefined where nothing is. A point's curve equation is not checked. */
export function keyProblem(key: PublicKey): KeyProblem | undefined {
  if (key.kind === "other")
    return { kind: "unsupported", message: `its key is of ${keyLabel(key)}, which is not supported` };
  if (key.kind === "ec")
    return curveOrder(key.curve ?? "") === undefined
      ? { kind: "unsupported", message: `its key is on the curve ${key.curve}, which is not supported` }
      : undefined;
  const message = key.kind === "rsa" ? rsaKeyProblem(key) : ed25519KeyProblem(key.bits);
  return message === undefined ? undefined : { kind: "unsafe", message };
}

/** The form of a point that has both its coordinates (SEC 1, 2.3.3). */
const UNCOMPRESSED = 4;

/** Loads the key into OpenSSL, which also checks that a point is on its curve; gives the reason where it can't be used. */
function loadKey(key: PublicKey): KeyObject | string {
  const problem = keyProblem(key);
  if (problem !== undefined) return problem.message;
  try {
    // Half the time of the whole structure, which OpenSSL 3 hands round among its decoders; on other curves it takes more.
    const point = key.curve === "P-256" && key.bits[0] === UNCOMPRESSED ? Buffer.from(key.bits) : undefined;
    if (point === undefined) return createPublicKey({ key: key.der as Buffer, format: "der", type: "spki" });
    const x = point.toString("base64url", 1, 33);
    const y = point.toString("base64url", 33);
    return createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  } catch (error) {
    return `the signer's key is not usable: ${(error as Error).message}`;
  }
}

/** Algorithms of keys and signatures that we refuse, by name (RFC 3279, 4055, 8410, 9881). */
const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.2", "md2WithRSAEncryption"],
  ["1.2.840.113549.1.1.4", "md5WithRSAEncryption"],
  ["1.2.840.113549.1.1.10", "RSASSA-PSS"],
  ["1.2.840.10040.4.1", "DSA"],
  ["1.2.840.10040.4.3", "dsa-with-SHA1"],
  ["2.16.840.1.101.3.4.3.1", "dsa-with-SHA224"],
  ["2.16.840.1.101.3.4.3.2", "dsa-with-SHA256"],
  ["1.3.101.110", "X25519"],
  ["1.3.101.113", "Ed448"],
  ["2.16.840.1.101.3.4.3.17", "ML-DSA-44"],
  ["2.16.840.1.101.3.4.3.18", "ML-DSA-65"],
  ["2.16.840.1.101.3.4.3.19", "ML-DSA-87"],
]);

/** A signature or key algorithm in words: its name, or its OID where we have none. */
export function algorithmLabel(oid: string): string {
  return algorithmName(oid) ?? `the algorithm ${oid}`;
}

/** The name of a signature or key algorithm; undefined where we have none. */
export function algorithmName(oid: string): string | undefined {
  return SIGNATURE_ALGORITHMS.get(oid)?.name ?? UNSUPPORTED.get(oid);
}

function keyLabel(key: PublicKey): string {
  return key.kind === "other" ? algorithmLabel(key.algorithm.oid) : key.label;
}

function verdict(holds: boolean): SignatureVerdict {
  return holds ? HOLDS : refused("the signature does not fit the signer's key");
}

const HOLDS: SignatureVerdict = { ok: true };

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
