import type { Finding } from "../base/finding.ts";
import type { Certificate } from "./certificate.ts";
import { sameBytes } from "./der-reader.ts";
import { sameName } from "./name-compare.ts";
import {
  ALLOWS_ALL,
  constrainsPolicies,
  constraintFinding,
  narrow,
  purposeFinding,
} from "./path-allowance.ts";
import { standingFindings, validityFinding } from "./path-checks.ts";
import { signatureFinding } from "./path-ends.ts";
import { createPool } from "./path-pool.ts";
import { type SearchResult, searchPath } from "./path-search.ts";
import { verifySignature } from "./signature.ts";

/** The work that one search may do, in signatures on P-256, unless told otherwise. */
const MAX_STEPS = 500;
/** What each search adds to the work that searches share: a path of a few certificates takes less. */
const STEPS_EACH = 10;

/** What paths are built from. */
export interface PathBuilderInput {
  /** Trust anchors; everything that they say of themselves is honoured. */
  readonly anchors: readonly Certificate[];
  /** Certificates that may stand between. */
  readonly untrusted: readonly Certificate[];
  /**
   * The key purpose, by OID, that every extKeyUsage of the path must allow.
   * Without it, extKeyUsages must only not exclude each other.
   */
  readonly purpose?: string;
  /** The work that one search may do, in signatures on P-256; 500 by default. */
  readonly maxSteps?: number;
  /** Whether the targets may be meant to tire us, as in a stranger's bundle: then all searches share that work. */
  readonly shareSteps?: boolean;
}

/** One question: is this certificate valid at this moment? */
export interface PathInput extends PathBuilderInput {
  readonly target: Certificate;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** The best path that was found. */
export interface PathResult {
  /** Target first, anchor last where it was reached. */
  readonly path: readonly Certificate[];
  /** What is wrong with it, from the target up; empty where it is valid. */
  readonly findings: readonly Finding[];
  /** Whether the search was broken off at its bound. */
  readonly gaveUp: boolean;
}

/** Builds paths from the same certificates for many targets; what it learns of them it learns once. */
export interface PathBuilder {
  /** `beside` are further certificates for this target only, such as the rest of its bundle. */
  build(target: Certificate, atMs: number, beside?: readonly Certificate[]): PathResult;
}

/**
 * Prepares to build and validate certification paths (RFC 5280, 6.1): names chain, signatures verify, every certificate
 * is within its validity, issuers are CAs that may sign, path lengths are respected, and whatever is critical is understood.
 * nameConstraints, policyConstraints, policyMappings and inhibitAnyPolicy are not processed but refused in a CA, and in any
 * certificate when critical; only a policyConstraints that is not critical and certainly met is let through.
 */
export function createPathBuilder(input: PathBuilderInput): PathBuilder {
  const pool = createPool(input.anchors, input.untrusted);
  const maxSteps = input.maxSteps ?? MAX_STEPS;
  const shared = { signatures: maxSteps };
  return {
    build(target, atMs, beside = []) {
      const standing = standingFindings(target, "target");
      const validity = validityFinding(target, atMs);
      const found = validity === undefined ? standing : [...standing, validity];
      if (input.anchors.some((anchor) => anchor === target || sameBytes(anchor.der, target.der)))
        return trusted(target, found, input.purpose);
      const all = beside.length === 0 ? pool : createPool([], beside, pool);
      const rules = { purpose: input.purpose, trackPolicies: all.constrained || constrainsPolicies(target) };
      const work = input.shareSteps === true ? shared : { signatures: maxSteps };
      const result = searchPath({ target, found, pool: all, atMs, rules, work });
      shared.signatures = Math.min(maxSteps, shared.signatures + STEPS_EACH);
      return result;
    },
  };
}

/** Builds the best path for one target; see `createPathBuilder`. */
export function buildPath(input: PathInput): PathResult {
  return createPathBuilder(input).build(input.target, input.atMs);
}

/** A target that is itself an anchor: its own path, if it stands by what it says of itself. */
function trusted(target: Certificate, found: readonly Finding[], purpose: string | undefined): SearchResult {
  const findings = found.filter((finding) => finding.rule !== "path.weak-signature");
  if (constrainsPolicies(target)) findings.push(constraintFinding(target));
  const after = narrow(ALLOWS_ALL, target, true, { purpose, trackPolicies: false });
  const unfit = purposeFinding(target, ALLOWS_ALL, after, purpose);
  if (unfit !== undefined) findings.push(unfit);
  if (sameName(target.subject, target.issuer)) {
    const verdict = verifySignature(target.tbs, target.outerAlgorithm, target.signature, target.publicKey);
    if (!verdict.ok) findings.push(signatureFinding(target, target, verdict.reason));
  }
  return { path: [target], findings, gaveUp: false };
}
