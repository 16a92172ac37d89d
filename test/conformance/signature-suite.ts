import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SamicertsError } from "../../src/base/errors.ts";
import { readAlgorithm } from "../../src/x509/algorithms.ts";
import { decodeCertificate } from "../../src/x509/certificate.ts";
import { DerReader } from "../../src/x509/der-reader.ts";
import { decodePublicKey } from "../../src/x509/public-key.ts";
import { type SignatureVerdict, verifySignature } from "../../src/x509/signature.ts";
import type { SignatureCase, SignedDataCase } from "./cases.ts";
import { outcomeOf, type Result, type SuiteResult } from "./tally.ts";

/** Runs BoringSSL's single signatures: certificates under a key, and signatures in their parts. */
export function runSignatureSuite(
  folder: string,
  cases: readonly (SignatureCase | SignedDataCase)[],
): SuiteResult {
  const read = (file: string): Uint8Array => readFileSync(join(folder, file));
  return { suite: "boringssl signatures", results: cases.map((one) => runSignature(one, read)), notes: [] };
}

function runSignature(one: SignatureCase | SignedDataCase, read: (file: string) => Uint8Array): Result {
  const expected = one.kind === "signature" ? one.expected_strict : one.expected;
  let reason: string | undefined;
  try {
    const verdict = one.kind === "signature" ? checkCertificate(one, read) : checkParts(one, read);
    reason = verdict.ok ? undefined : verdict.reason;
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    reason = `${error.code}: ${error.message}`;
  }
  const accepted = reason === undefined;
  const unsupported = expected === "valid" && reason?.endsWith("is not supported") === true;
  const reasons = reason === undefined ? [] : [unsupported ? "unsupported algorithm" : "refused"];
  const wanted = expected === "valid" ? "accept" : "reject";
  return {
    id: one.id,
    asked: expected,
    accepted,
    reasons,
    detail: reason ?? "",
    // An algorithm that is refused by name is no verdict on the signature.
    outcome: unsupported ? "not judged" : outcomeOf(wanted, accepted, true),
  };
}

function checkCertificate(one: SignatureCase, read: (file: string) => Uint8Array): SignatureVerdict {
  const certificate = decodeCertificate(read(one.cert), one.cert);
  const key =
    one.signer_key === "self" ? certificate.publicKey : decodePublicKey(fromPem(read(one.signer_key)));
  return verifySignature(certificate.tbs, certificate.outerAlgorithm, certificate.signature, key);
}

function checkParts(one: SignedDataCase, read: (file: string) => Uint8Array): SignatureVerdict {
  const key = decodePublicKey(read(one.spki));
  const algorithmReader = new DerReader(read(one.algorithm));
  const algorithm = readAlgorithm(algorithmReader, "algorithm");
  algorithmReader.end("algorithm");
  const bits = new DerReader(read(one.signature));
  const signature = bits.octetsInBits("signature");
  bits.end("signature");
  return verifySignature(read(one.data), algorithm, signature, key);
}

function fromPem(text: Uint8Array): Uint8Array {
  const body = Buffer.from(text)
    .toString("latin1")
    .replace(/-----[^-]+-----/g, "");
  return Buffer.from(body, "base64");
}
