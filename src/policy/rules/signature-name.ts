import { type AlgorithmIdentifier, SIGNATURE_ALGORITHMS } from "../../x509/algorithms.ts";
import { DerReader } from "../../x509/der-reader.ts";
import { readPssParameters } from "../../x509/pss.ts";

const RSASSA_PSS = "1.2.840.113549.1.1.10";
const SHA1 = "1.3.14.3.2.26";

/** Signature algorithms whose hash is broken, by OID. */
export const WEAK_SIGNATURES: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.2", "md2WithRSAEncryption"],
  ["1.2.840.113549.1.1.3", "md4WithRSAEncryption"],
  ["1.2.840.113549.1.1.4", "md5WithRSAEncryption"],
  ["1.2.840.113549.1.1.5", "sha1WithRSAEncryption"],
  ["1.2.840.10045.4.1", "ecdsa-with-SHA1"],
  ["1.2.840.10040.4.3", "dsa-with-sha1"],
  ["1.3.14.3.2.3", "md5WithRSA"],
  ["1.3.14.3.2.15", "shaWithRSASignature"],
  ["1.3.14.3.2.27", "dsaWithSHA1"],
  ["1.3.14.3.2.29", "sha1WithRSASignature"],
]);

/** Hashes that no longer resist collisions, by OID. */
export const BROKEN_HASHES: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.2.2", "MD2"],
  ["1.2.840.113549.2.4", "MD4"],
  ["1.2.840.113549.2.5", "MD5"],
  [SHA1, "SHA-1"],
]);

/**
 * The OID of the hash that RSASSA-PSS parameters name, SHA-1 where they leave it out (RFC 4055, 3.1).
 * Undefined for other algorithms, and where the parameters can't be read.
 */
export function pssHashOid(algorithm: AlgorithmIdentifier): string | undefined {
  if (algorithm.oid !== RSASSA_PSS || algorithm.parameters === undefined) return undefined;
  try {
    const parameters = new DerReader(algorithm.parameters).sequence("RSASSA-PSS parameters");
    const explicit = parameters.enterOptional(0xa0, "hashAlgorithm");
    return explicit?.sequence("hashAlgorithm").oid("hashAlgorithm") ?? SHA1;
  } catch {
    return undefined;
  }
}

/**
 * A signature algorithm as policies name it: its name in SIGNATURE_ALGORITHMS, RSASSA-PSS with its hash
 * (`RSASSA-PSS-SHA256`), the OID where there is no name.
 */
export function signatureName(algorithm: AlgorithmIdentifier): string {
  if (algorithm.oid === RSASSA_PSS) {
    const parameters = readPssParameters(algorithm);
    return parameters.ok ? `RSASSA-PSS-${parameters.hash.toUpperCase()}` : "RSASSA-PSS";
  }
  return SIGNATURE_ALGORITHMS.get(algorithm.oid)?.name ?? WEAK_SIGNATURES.get(algorithm.oid) ?? algorithm.oid;
}
