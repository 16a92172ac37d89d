import type { Finding } from "../base/finding.ts";
import type { Certificate } from "./certificate.ts";
import { sameBytes } from "./der-reader.ts";
import { LeastFirst } from "./least-first.ts";
import { sameName } from "./name-compare.ts";
import { type AllowanceRules, narrow } from "./path-allowance.ts";
import {
  gaveUpFinding,
  missingIssuerFinding,
  signatureFinding,
  tooLongFinding,
  untrustedRootFinding,
} from "./path-ends.ts";
import type { Candidate, Pool } from "./path-pool.ts";
import { comesBefore, ended, firstStep, type Step, stepUp, unsigned } from "./path-step.ts";
import { createVerifier, type SignatureVerdict, type SignatureVerifier } from "./signature.ts";
import { signatureCost } from "./signature-cost.ts";

/** The most certificates in one path. */
const MAX_LENGTH = 32;
/** How many candidates are looked at in the time that one signature on P-256 takes, at least. */
const LOOKS_PER_SIGNATURE = 40;

/** The work that may still be done, in signatures on P-256; a search takes off what it does, and ends below zero. */
export interface WorkLeft {
  signatures: number;
}

/** What the search is given. */
export interface SearchInput {
  readonly target: Certificate;
  /** The target's own findings. */
  readonly found: readonly Finding[];
  readonly pool: Pool;
  readonly atMs: number;
  readonly rules: AllowanceRules;
  /** Searches that share it end together. */
  readonly work: WorkLeft;
}

/** What the search found: a path, target first, and everything that is wrong with it. */
export interface SearchResult {
  readonly path: readonly Certificate[];
  readonly findings: readonly Finding[];
  readonly gaveUp: boolean;
}

/**
 * Looks for the path with the least wrong with it, from the target up to an anchor.
 * A least-cost-first walk: each certificate is passed once for each different allowance, by the way with the fewest
 * intermediates, so no tangle of cross-certificates is more than the pairs of certificates in it, and a valid path is
 * found where there is one within the bound. A signature is checked only when nothing cheaper is left to try.
 */
export function searchPath(input: SearchInput): SearchResult {
  return new Search(input).run();
}

class Search {
  private readonly input: SearchInput;
  private readonly open = new LeastFirst<Step>(comesBefore);
  private readonly passed = new Map<Candidate, string[]>();
  private readonly targetVerdicts = new Map<SignatureVerifier, SignatureVerdict>();
  private signatures = 0;
  private furthest: Step | undefined;

  constructor(input: SearchInput) {
    this.input = input;
  }

  run(): SearchResult {
    const { target, pool, work, found, rules } = this.input;
    let step: Step | undefined = firstStep(target, found, rules);
    for (; step !== undefined; step = this.open.take()) {
      if (work.signatures <= 0)
        return result(this.furthest ?? step, gaveUpFinding(target, this.signatures), true);
      const { certificate } = step;
      if (step.end === "nowhere") return result(step, missingIssuerFinding(certificate, pool), false);
      if (step.end === "too-long") return result(step, tooLongFinding(certificate, MAX_LENGTH), false);
      if (step.end === "untrusted-root") {
        if (this.selfSigned(step)) return result(step, untrustedRootFinding(certificate, pool), false);
        this.open.add(ended(step.down as Step, "nowhere"));
      } else if (this.reached(step)) {
        if (step.candidate?.anchor === true) return result(step, undefined, false);
        if (this.furthest === undefined || step.length > this.furthest.length) this.furthest = step;
        this.climb(step);
      }
    }
    throw new Error("a path search always ends in an end");
  }

  /** Whether to go on from this step: it was not passed before, and its signature holds or is known not to. */
  private reached(step: Step): boolean {
    const { candidate, down } = step;
    if (candidate === undefined || down === undefined) return true;
    const { key } = step.allowance;
    const passes = this.passed.get(candidate);
    if (passes?.includes(key) === true) return false;
    if (!step.checked) {
      const verdict = this.verify(down, candidate);
      if (!verdict.ok) {
        this.open.add(unsigned(step, signatureFinding(down.certificate, step.certificate, verdict.reason)));
        return false;
      }
    }
    if (passes === undefined) this.passed.set(candidate, [key]);
    else passes.push(key);
    return true;
  }

  private climb(step: Step): void {
    const { pool, rules, atMs, work } = this.input;
    const { certificate, candidate } = step;
    if (step.length >= MAX_LENGTH) {
      this.open.add(ended(step, "too-long"));
      return;
    }
    for (const next of pool.named(certificate.issuer)) {
      work.signatures -= 1 / LOOKS_PER_SIGNATURE;
      if (next.certificate === certificate || sameBytes(next.certificate.der, certificate.der)) continue;
      const allowance = narrow(step.allowance, next.certificate, next.anchor, rules);
      if (this.passed.get(next)?.includes(allowance.key) === true) continue;
      this.open.add(stepUp(step, next, allowance, nearness(next, pool), atMs, rules.purpose));
    }
    const selfIssued = candidate?.selfIssued ?? sameName(certificate.subject, certificate.issuer);
    this.open.add(ended(step, selfIssued ? "untrusted-root" : "nowhere"));
  }

  private selfSigned(step: Step): boolean {
    const { candidate, certificate } = step;
    return this.verify(step, candidate ?? signerOf(certificate)).ok;
  }

  private verify(step: Step, { verifier, signatureCost }: Signer): SignatureVerdict {
    const verdicts = step.candidate?.verdicts ?? this.targetVerdicts;
    const known = verdicts.get(verifier);
    if (known !== undefined) return known;
    this.signatures++;
    this.input.work.signatures -= signatureCost;
    const { tbs, outerAlgorithm, signature } = step.certificate;
    const verdict = verifier.verify(tbs, outerAlgorithm, signature);
    verdicts.set(verifier, verdict);
    return verdict;
  }
}

type Signer = Pick<Candidate, "verifier" | "signatureCost">;

function signerOf({ publicKey }: Certificate): Signer {
  return { verifier: createVerifier(publicKey), signatureCost: signatureCost(publicKey) };
}

/** 0 for an anchor, 1 where an anchor has the issuer's name, 2 for the others. */
function nearness(candidate: Candidate, pool: Pool): number {
  if (candidate.anchor) return 0;
  return pool.hasAnchor(candidate.certificate.issuer) ? 1 : 2;
}

function result(step: Step, last: Finding | undefined, gaveUp: boolean): SearchResult {
  const path: Certificate[] = [];
  const found: (readonly Finding[])[] = [];
  for (let at: Step | undefined = step; at !== undefined; at = at.down) {
    if (at.end === undefined) path.unshift(at.certificate);
    found.unshift(at.found);
  }
  return { path, findings: [...found.flat(), ...(last === undefined ? [] : [last])], gaveUp };
}
