import { type CheckedCertificate, tellChecked } from "../../actions/verified-certificate.ts";
import { createVerifier, type Verifier } from "../../actions/verify.ts";
import { openJudge } from "../../open-judge.ts";
import { type ToldCertificate, toldOf, type VerifyTally } from "../../report/verify-run.ts";
import { VerifyCounter } from "../../report/verify-tally.ts";
import { decodeCertificate } from "../../x509/certificate.ts";
import type { PathCheck } from "../../x509/crl-checker.ts";
import { checkSources } from "./check-sources.ts";
import type { Chunk } from "./chunk.ts";
import { tellerFor } from "./format.ts";
import type { VerifyPlan } from "./plan.ts";

/** So many unreadable files are told of on stderr too; a person reads of them in the report. */
export const ERRORS_TOLD = 50;

/** What came of a chunk: plain data, so that another thread can be handed it. */
export interface ChunkResult {
  readonly weight: number;
  readonly tally: VerifyTally;
  /** What the plan's format makes of them. */
  readonly told: unknown;
  /** Why the first files could not be read: for a person that of the very first alone. */
  readonly errors: readonly NonNullable<ToldCertificate["error"]>[];
}

/** Verifies chunk after chunk. */
export type ChunkChecker = (chunk: Chunk) => ChunkResult;

/**
 * Prepares to verify by a plan. Whatever the number of checkers that share the chunks of a run, their results in the
 * chunks' order come to the same report. `pathChecks` are the plan's, opened.
 */
export function createChunkChecker(plan: VerifyPlan, pathChecks: readonly PathCheck[]): ChunkChecker {
  const verifier = verifierFor(plan, pathChecks);
  const teller = tellerFor(plan);
  let errorsLeft = plan.format === "human" ? 1 : ERRORS_TOLD;
  return (chunk) => {
    const counter = new VerifyCounter(plan.run.failOn);
    const wanted: ToldCertificate[] = [];
    const errors: ChunkResult["errors"][number][] = [];
    const tell = (checked: CheckedCertificate): void => {
      counter.count(checked);
      const wants = teller.wants(checked);
      const errs = checked.error !== undefined && errorsLeft > 0;
      if (!wants && !errs) return;
      const told = toldOf(tellChecked(checked));
      if (wants) wanted.push(told);
      if (told.error === undefined || !errs) return;
      errors.push(told.error);
      errorsLeft--;
    };
    for (const checked of checkSources(chunk, verifier, plan)) tell(checked);
    return { weight: chunk.weight, tally: counter.tally, told: teller.tell(wanted), errors };
  };
}

function verifierFor(plan: VerifyPlan, pathChecks: readonly PathCheck[]): Verifier {
  const { atMs, policy, purpose, role } = plan;
  return createVerifier({
    anchors: plan.anchors.map((der) => decodeCertificate(der)),
    untrusted: plan.untrusted.map((der) => decodeCertificate(der)),
    intermediates: plan.intermediates.map((der) => decodeCertificate(der)),
    atMs,
    ...(pathChecks.length === 0 ? {} : { pathChecks }),
    ...(policy === undefined ? {} : { judge: openJudge(policy) }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(role === undefined ? {} : { role }),
  });
}
