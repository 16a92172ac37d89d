import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SamicertsError } from "../../src/base/errors.ts";
import { type Certificate, decodeCertificate } from "../../src/x509/certificate.ts";
import { decodeExtension } from "../../src/x509/extension-decode.ts";
import { EXTENSION_OID } from "../../src/x509/oids.ts";
import { verifySignature } from "../../src/x509/signature.ts";
import type { ParseCase } from "./cases.ts";
import { outcomeOf, type Result, type SuiteResult } from "./tally.ts";

/** The rules of rfc5280 that find an error or a warning in one certificate by itself. */
export type JudgeAlone = (certificate: Certificate) => readonly string[];

/** Runs BoringSSL's certificates that must or must not parse. */
export function runParseSuite(
  folder: string,
  cases: readonly ParseCase[],
  judgeAlone: JudgeAlone,
): SuiteResult {
  const results = cases.map((one) => runParse(one, readFileSync(join(folder, one.cert)), judgeAlone));
  return { suite: "boringssl parsing", results, notes: [] };
}

function runParse(one: ParseCase, der: Uint8Array, judgeAlone: JudgeAlone): Result {
  let certificate: Certificate | undefined;
  let reason: string | undefined;
  try {
    if (one.level === "extension-value:authorityKeyIdentifier")
      decodeExtension({ oid: EXTENSION_OID.authorityKeyIdentifier, critical: false, value: der });
    else certificate = decodeCertificate(der, one.cert);
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    reason = `${error.code}: ${error.message}`;
  }
  const reasons = reason === undefined ? [] : [reason.split(":")[0] as string];
  const result = {
    id: one.id,
    asked: one.expected_strict ?? `upstream: ${one.expected}`,
    detail: reason ?? "",
  };
  const accepted = reason === undefined;
  switch (one.expected_strict) {
    case "accept":
    case "reject":
      return { ...result, accepted, reasons, outcome: outcomeOf(one.expected_strict, accepted, true) };
    case "lint": {
      const ruled = certificate === undefined ? [] : judgeAlone(certificate);
      const all = [...reasons, ...ruled];
      return {
        ...result,
        accepted: all.length === 0,
        reasons: all,
        outcome: outcomeOf("reject", all.length === 0, true),
      };
    }
    case "reject-at-verify": {
      const holds = certificate !== undefined && verifies(certificate);
      return {
        ...result,
        accepted: holds,
        reasons,
        outcome: outcomeOf("reject", holds, certificate !== undefined),
      };
    }
    default:
      return { ...result, accepted, reasons, outcome: "not judged" };
  }
}

function verifies(certificate: Certificate): boolean {
  const { tbs, outerAlgorithm, signature, publicKey } = certificate;
  return verifySignature(tbs, outerAlgorithm, signature, publicKey).ok;
}
