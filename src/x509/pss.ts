import { SamicertsError } from "../base/errors.ts";
import { type AlgorithmIdentifier, type HashName, readAlgorithm } from "./algorithms.ts";
import { DerReader, readSequence } from "./der-reader.ts";
import { HASH_OIDS } from "./rsa-signature.ts";

const MGF1 = "1.2.840.113549.1.1.8";

/** The hashes taken with RSASSA-PSS, by OID, and their octets. */
const PSS_HASHES: ReadonlyMap<string, { readonly hash: HashName; readonly octets: number }> = new Map([
  [HASH_OIDS.get("sha256") as string, { hash: "sha256", octets: 32 }],
  [HASH_OIDS.get("sha384") as string, { hash: "sha384", octets: 48 }],
  [HASH_OIDS.get("sha512") as string, { hash: "sha512", octets: 64 }],
]);

/** What RSASSA-PSS parameters say: the hash and the salt's octets, or why they are refused. */
export type PssParameters =
  | { readonly ok: true; readonly hash: HashName; readonly saltOctets: number }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads RSASSA-PSS-params (RFC 4055, 3.1) and takes only the sets in use: SHA-256, SHA-384 or SHA-512,
 * MGF1 with the same hash, a salt as long as the hash, or with `anySalt` of any length, trailer 1. Hash parameters are
 * NULL or absent (RFC 4055, 2.1).
 */
export function readPssParameters(algorithm: AlgorithmIdentifier, anySalt = false): PssParameters {
  if (algorithm.parameters === undefined) return refused("the RSASSA-PSS parameters are missing");
  try {
    return read(readSequence(algorithm.parameters, "the RSASSA-PSS parameters"), anySalt);
  } catch (error) {
    if (error instanceof SamicertsError) return refused(error.message);
    throw error;
  }
}

function read(parameters: DerReader, anySalt: boolean): PssParameters {
  const hashOid = readHash(parameters.enterOptional(0xa0, "hashAlgorithm"), "hashAlgorithm");
  const mgf = parameters.enterOptional(0xa1, "maskGenAlgorithm");
  const mgfHashOid = mgf === undefined ? undefined : readMaskGeneration(mgf);
  const saltOctets = readNumber(parameters.enterOptional(0xa2, "saltLength"), "saltLength") ?? 20;
  const trailer = readNumber(parameters.enterOptional(0xa3, "trailerField"), "trailerField") ?? 1;
  parameters.end("the RSASSA-PSS parameters");
  const known = PSS_HASHES.get(hashOid ?? "");
  if (known === undefined)
    return refused(`RSASSA-PSS is taken with SHA-256, SHA-384 or SHA-512, not with ${hashOid ?? "SHA-1"}`);
  if (mgfHashOid !== hashOid) return refused("the RSASSA-PSS mask is not made with MGF1 and the same hash");
  if (!anySalt && saltOctets !== known.octets)
    return refused(`the RSASSA-PSS salt has ${saltOctets} octets, not the ${known.octets} of its hash`);
  if (trailer !== 1) return refused(`the RSASSA-PSS trailer is ${trailer}, not 1`);
  return { ok: true, hash: known.hash, saltOctets };
}

function readHash(explicit: DerReader | undefined, what: string): string | undefined {
  if (explicit === undefined) return undefined;
  const algorithm = readAlgorithm(explicit, what);
  explicit.end(what);
  requireNull(algorithm, what);
  return algorithm.oid;
}

function readMaskGeneration(explicit: DerReader): string | undefined {
  const mgf = readAlgorithm(explicit, "maskGenAlgorithm");
  explicit.end("maskGenAlgorithm");
  if (mgf.oid !== MGF1 || mgf.parameters === undefined) return undefined;
  return readHash(new DerReader(mgf.parameters), "maskGenAlgorithm's hash");
}

function readNumber(explicit: DerReader | undefined, what: string): number | undefined {
  if (explicit === undefined) return undefined;
  const value = explicit.smallInteger(what);
  explicit.end(what);
  return value;
}

function requireNull(algorithm: AlgorithmIdentifier, what: string): void {
  if (algorithm.parameters === undefined) return;
  const reader = new DerReader(algorithm.parameters);
  reader.null(what);
  reader.end(what);
}

function refused(reason: string): PssParameters {
  return { ok: false, reason };
}
