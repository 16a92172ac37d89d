import { createECDH, type ECDH } from "node:crypto";
import { curveByOid } from "../x509/algorithms.ts";
import { DerReader, readSequence, sameBytes, TAG } from "../x509/der-reader.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { ecStructure, fillEcStructure } from "./ec-structure.ts";
import { keyMalformed, keyMismatched, keyUnsupported } from "./key-error.ts";

/** An EC private key in its one form: PKCS#8 with the public key in it. */
export interface EcNumbers {
  readonly pkcs8: Uint8Array;
  readonly publicKey: PublicKey;
}

/**
 * Reads an ECPrivateKey (RFC 5915, 3; SEC 1, C.4) and derives its public point from the scalar; where a point is
 * written in it too, the two must be the same. `parameters` is what an enclosing PKCS#8 says of the curve,
 * `outerPoint` the public key it has.
 * Throws `der.*`, `key.malformed`, `key.mismatched`, `key.unsupported`.
 */
export function readEcNumbers(
  der: Uint8Array,
  file: string,
  parameters?: Uint8Array,
  outerPoint?: Uint8Array,
): EcNumbers {
  const sequence = readSequence(der, `${file}: ECPrivateKey`);
  if (sequence.smallInteger(`${file}: version`) !== 1)
    throw keyMalformed(`${file}: an ECPrivateKey has version 1`);
  const written = sequence.octetString(`${file}: privateKey`);
  const inner = sequence.enterOptional(0xa0, `${file}: parameters`);
  const innerCurve = inner?.element(`${file}: parameters`);
  inner?.end(`${file}: parameters`);
  const publicPart = sequence.enterOptional(0xa1, `${file}: publicKey`);
  const innerPoint = publicPart?.octetsInBits(`${file}: publicKey`);
  publicPart?.end(`${file}: publicKey`);
  sequence.end(`${file}: ECPrivateKey`);

  if (parameters !== undefined && innerCurve !== undefined && !sameBytes(parameters, innerCurve))
    throw keyMismatched(file, "it names two different curves");
  const structure = ecStructure(curveOf(parameters ?? innerCurve, file));
  const scalar = shortened(written, structure.scalar.length, file);
  const ecdh = opened(structure.opensslName, scalar, file);
  for (const point of [innerPoint, outerPoint]) {
    if (point === undefined) continue;
    const derived = ecdh.getPublicKey(null, point[0] === 4 ? "uncompressed" : "compressed");
    if (!sameBytes(derived, point))
      throw keyMismatched(file, "the public point in it is not the one of its private number");
  }
  return fillEcStructure(structure, scalar, ecdh.getPublicKey());
}

function curveOf(parameters: Uint8Array | undefined, file: string): string {
  if (parameters === undefined) throw keyMalformed(`${file}: the key does not name its curve`);
  if (parameters[0] !== TAG.oid)
    throw keyUnsupported(file, "the key describes its curve by numbers instead of naming it");
  const oid = new DerReader(parameters).oid(`${file}: namedCurve`);
  const curve = curveByOid(oid);
  if (curve === undefined) throw keyUnsupported(file, `the curve ${oid} is not used here`);
  return curve.name;
}

/** Writers differ in leading zeros; more significant octets than the field has can't be a scalar of it. */
function shortened(scalar: Uint8Array, octets: number, file: string): Uint8Array {
  let start = 0;
  while (start < scalar.length && scalar[start] === 0) start++;
  const rest = scalar.subarray(start);
  if (rest.length === 0 || rest.length > octets)
    throw keyMalformed(`${file}: the private number is out of the curve's range`);
  return rest;
}

function opened(curve: string, scalar: Uint8Array, file: string): ECDH {
  let ecdh: ECDH;
  try {
    ecdh = createECDH(curve);
  } catch (error) {
    throw keyUnsupported(file, `the curve ${curve} is not supported by this Node.js (${String(error)})`);
  }
  try {
    ecdh.setPrivateKey(scalar);
    return ecdh;
  } catch (error) {
    throw keyMalformed(`${file}: the private number is out of the curve's range`, undefined, error);
  }
}
