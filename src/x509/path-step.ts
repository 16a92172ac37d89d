import type { Finding } from "../base/finding.ts";
import type { Certificate } from "./certificate.ts";
import { sameBytes } from "./der-reader.ts";
import {
  ALLOWS_ALL,
  type Allowance,
  type AllowanceRules,
  narrow,
  policyFinding,
  purposeFinding,
} from "./path-allowance.ts";
import { pathLengthFinding, validityFinding } from "./path-checks.ts";
import { NO_FINDINGS } from "./path-finding.ts";
import type { Candidate } from "./path-pool.ts";

/** A partial path: one certificate with the way down to the target. */
export interface Step {
  readonly certificate: Certificate;
  /** Undefined for the target. */
  readonly candidate: Candidate | undefined;
  readonly down: Step | undefined;
  /** Certificates in the path, this one included. */
  readonly length: number;
  /** Intermediates that are not self-issued, this one included (RFC 5280, 4.2.1.9). */
  readonly counted: number;
  readonly allowance: Allowance;
  /** What this step adds to what is wrong with the path. */
  readonly found: readonly Finding[];
  readonly cost: number;
  /** Among equal costs the lower goes first: nearer to an anchor, then with the key identifier that was asked for. */
  readonly rank: number;
  /** Whether the signature of the certificate below has been checked. */
  readonly checked: boolean;
  /** Set where the path ends here without an anchor. */
  readonly end?: PathEnd;
}

/** How a path ends that reaches no anchor. */
export type PathEnd = "untrusted-root" | "nowhere" | "too-long";

/**
 * What a step costs, so that the cheapest path is the one to report: a valid path costs nothing, a finding 1;
 * a path to a root that is not trusted is a worse answer than one with findings, a signature that does not hold a
 * worse one still, and a path that ends nowhere the worst, the less so the longer it is.
 */
const COST = {
  finding: 1,
  untrustedRoot: 9_000,
  signature: 10_000,
  nowhere: 5_000_000,
  progress: -20_000,
} as const;

/** The step that every path begins with; `found` are the target's standing findings and its validity's. */
export function firstStep(target: Certificate, found: readonly Finding[], rules: AllowanceRules): Step {
  const allowance = narrow(ALLOWS_ALL, target, false, rules);
  const purpose = purposeFinding(target, ALLOWS_ALL, allowance, rules.purpose);
  const all = purpose === undefined ? found : [...found, purpose];
  return {
    certificate: target,
    candidate: undefined,
    down: undefined,
    length: 1,
    counted: 0,
    allowance,
    found: all,
    cost: all.length * COST.finding,
    rank: 0,
    checked: true,
  };
}

/** The step from `down` to an issuer, before the signature is checked; `nearness` is 0 for an anchor. */
export function stepUp(
  down: Step,
  candidate: Candidate,
  allowance: Allowance,
  nearness: number,
  atMs: number,
  purpose: string | undefined,
): Step {
  const { certificate, anchor, selfIssued } = candidate;
  const more = [
    validityFinding(certificate, atMs),
    pathLengthFinding(certificate, down.counted),
    purposeFinding(certificate, down.allowance, allowance, purpose),
    anchor ? policyFinding(allowance) : undefined,
  ].filter((finding) => finding !== undefined);
  const standing = candidate.standing();
  const found = more.length === 0 ? standing : [...standing, ...more];
  return {
    certificate,
    candidate,
    down,
    length: down.length + 1,
    counted: down.counted + (anchor || selfIssued ? 0 : 1),
    allowance,
    found,
    cost: down.cost + found.length * COST.finding,
    rank: 3 * nearness + keyIdentifierRank(down.certificate, certificate),
    checked: false,
  };
}

/** The same step once the signature below it was found not to hold. */
export function unsigned(step: Step, finding: Finding): Step {
  return { ...step, checked: true, cost: step.cost + COST.signature, found: [finding, ...step.found] };
}

/** The end of the path at `step`. */
export function ended(step: Step, end: PathEnd): Step {
  const { certificate, candidate, length, counted, allowance, rank, checked } = step;
  const more = end === "untrusted-root" ? COST.untrustedRoot : COST.nowhere + COST.progress * length;
  const cost = step.cost + more;
  // Not spread: this is made for every certificate, and that is ten times slower.
  return {
    certificate,
    candidate,
    down: step,
    length,
    counted,
    allowance,
    found: NO_FINDINGS,
    cost,
    rank,
    checked,
    end,
  };
}

/** The order of trying: the least cost, then the fewest intermediates, then the rank. */
export function comesBefore(a: Step, b: Step): boolean {
  if (a.cost !== b.cost) return a.cost < b.cost;
  return a.counted !== b.counted ? a.counted < b.counted : a.rank < b.rank;
}

/** 0 where the authority key identifier is the issuer's, 1 where one of them is missing, 2 where they differ. */
function keyIdentifierRank(certificate: Certificate, issuer: Certificate): number {
  const wanted = certificate.known.authorityKeyIdentifier?.keyIdentifier;
  const offered = issuer.known.subjectKeyIdentifier?.keyIdentifier;
  if (wanted === undefined || offered === undefined) return 1;
  return sameBytes(wanted, offered) ? 0 : 2;
}
