import {
  type CheckedCertificate,
  tellChecked,
  unreadableCertificate,
} from "../../actions/verified-certificate.ts";
import { createVerifier, type Verifier } from "../../actions/verify.ts";
import { SamicertsError } from "../../base/errors.ts";
import { compilePolicy } from "../../policy/evaluate.ts";
import { type ToldCertificate, toldOf, type VerifyTally } from "../../report/verify-run.ts";
import { VerifyCounter } from "../../report/verify-tally.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { decodeCertificate } from "../../x509/certificate.ts";
import type { SourcePath } from "../find-sources.ts";
import { keyBeside, openKey } from "../key-file.ts";
import { asInput, noCertificate, readCertificates, STDIN, sourceName } from "../sources.ts";
import { tellerFor } from "./format.ts";
import type { VerifyPlan } from "./plan.ts";

/** So many unreadable files are told of on stderr too; a person reads of them in the report. */
export const ERRORS_TOLD = 50;

/** What came of some sources: plain data, so that another thread can be handed it. */
export interface ChunkResult {
  readonly sources: number;
  readonly tally: VerifyTally;
  /** What the plan's format makes of them. */
  readonly told: unknown;
  /** Why the first files could not be read: for a person that of the very first alone. */
  readonly errors: readonly NonNullable<ToldCertificate["error"]>[];
}

/** Verifies chunk after chunk of sources. */
export type ChunkChecker = (chunk: readonly SourcePath[]) => ChunkResult;

/**
 * Prepares to verify by a plan. One file that can't be read is a result too, so that the others are looked at. Whatever
 * the number of checkers that share the chunks of a run, their results in the chunks' order come to the same report.
 */
export function createChunkChecker(plan: VerifyPlan): ChunkChecker {
  const verifier = verifierFor(plan);
  const teller = tellerFor(plan);
  let errorsLeft = plan.format === "human" ? 1 : ERRORS_TOLD;
  return (chunk) => {
    const counter = new VerifyCounter(plan.run.failOn);
    const wanted: ToldCertificate[] = [];
    const errors: ChunkResult["errors"][number][] = [];
    for (const source of chunk) {
      for (const checked of checkSource(source, verifier, plan)) {
        counter.count(checked);
        const wants = teller.wants(checked);
        const errs = checked.error !== undefined && errorsLeft > 0;
        if (!wants && !errs) continue;
        const told = toldOf(tellChecked(checked));
        if (wants) wanted.push(told);
        if (told.error === undefined || !errs) continue;
        errors.push(told.error);
        errorsLeft--;
      }
    }
    return { sources: chunk.length, tally: counter.tally, told: teller.tell(wanted), errors };
  };
}

function verifierFor(plan: VerifyPlan): Verifier {
  const { atMs, policy, purpose, role } = plan;
  return createVerifier({
    anchors: plan.anchors.map((der) => decodeCertificate(der)),
    untrusted: plan.untrusted.map((der) => decodeCertificate(der)),
    intermediates: plan.intermediates.map((der) => decodeCertificate(der)),
    atMs,
    ...(policy === undefined ? {} : { judge: compilePolicy(policy) }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(role === undefined ? {} : { role }),
  });
}

function checkSource(
  source: SourcePath,
  verifier: Verifier,
  plan: VerifyPlan,
): readonly CheckedCertificate[] {
  const { path, found, keyless } = source;
  const { matchKey, allowKeyMode } = plan;
  const name = sourceName(path);
  try {
    const { certificates, hasKey } = readCertificates(path, nodeFiles);
    // A directory may well have keys in .pem files beside the certificates.
    if (certificates.length === 0 && found && hasKey) return [];
    if (certificates.length === 0) throw noCertificate(name, "it is a private key");
    const beside = keyless || path === STDIN ? undefined : () => keyBeside(path, nodeFiles);
    const key = matchKey === undefined ? beside?.() : () => openKey(matchKey, nodeFiles, allowKeyMode);
    return verifier.check({ name, certificates, ...(key === undefined ? {} : { key }) });
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    return [unreadableCertificate(name, 0, asInput(error))];
  }
}
