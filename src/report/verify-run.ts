import type { VerifiedCertificate } from "../actions/verified-certificate.ts";
import type { ErrorParts } from "../base/errors.ts";
import { hasSeverity } from "../base/finding.ts";

/** One run of verify, as every report of it takes it. */
export interface VerifyRun {
  /** The policy's name; `none` where only the path was checked. */
  readonly policy: string;
  /** The moment of judgement, RFC 3339. */
  readonly at: string;
  /** From which severity on a certificate counts as non-compliant. */
  readonly failOn: "error" | "warning";
  /** The CRLs that were looked at, where there were any. */
  readonly crls?: readonly string[];
  /** The ledger that was asked, where one was. */
  readonly ledger?: string;
  /** The manifest that the certificates were compared with, where there was one: its signature holds. */
  readonly manifest?: {
    readonly path: string;
    readonly batch: string;
    /** RFC 3339. */
    readonly created: string;
    /** A subject DN. */
    readonly signedBy: string;
  };
}

/** What is told of one certificate: plain data, so that it can be told in one thread and printed in another. */
export interface ToldCertificate extends Omit<VerifiedCertificate, "error"> {
  readonly error?: Pick<ErrorParts, "kind" | "code" | "message" | "hint">;
}

/** What a certificate was found to be, as far as it decides how it is told of. */
export type Judgement = Pick<ToldCertificate, "verdict" | "findings">;

/** Tells of certificates where they are verified, as one format of report needs it. */
export interface VerifyTeller<Told> {
  /** Whether the report says more of this certificate than its tally does; asked once for each, in their order. */
  wants(judgement: Judgement): boolean;
  /** What the report needs of the certificates of one chunk that it wants: plain data. */
  tell(wanted: readonly ToldCertificate[]): Told;
}

/** A report that is written while the run goes on, chunk by chunk. */
export interface VerifyReport<Told> {
  /** Whether its beginning has the counts in it, which are known at the end. */
  readonly countsFirst: boolean;
  begin(counts: VerifyCounts): string;
  /** The next chunk, and the counts up to it. */
  add(told: Told, counts: VerifyCounts): string;
  end(tally: VerifyTally): string;
}

/** A run, or a part of it, in numbers. */
export interface VerifyCounts {
  readonly total: number;
  readonly compliant: number;
  readonly nonCompliant: number;
  readonly unreadable: number;
  /** Certificates with at least one warning. */
  readonly warnings: number;
}

/** A rule with how often it spoke. */
export interface RuleTally {
  readonly rule: string;
  readonly severity: "error" | "warning" | "info";
  /** Certificates that it has something to say about. */
  readonly certificates: number;
}

/** A run, or a part of it, in numbers, by verdict and by rule. */
export interface VerifyTally {
  readonly counts: VerifyCounts;
  /** The rules that spoke, the gravest and most frequent first. */
  readonly rules: readonly RuleTally[];
}

/** A certificate's verdict under `failOn`: stricter than its own where a warning is enough. */
export function verdictOf(judgement: Judgement, failOn: VerifyRun["failOn"]): Judgement["verdict"] {
  if (judgement.verdict === "unreadable") return "unreadable";
  return hasSeverity(judgement.findings, failOn) ? "non-compliant" : judgement.verdict;
}

/** Leaves of an error what can be handed to another thread. */
export function toldOf(verified: VerifiedCertificate): ToldCertificate {
  const { error, ...rest } = verified;
  if (error === undefined) return rest;
  const { kind, code, message, hint } = error;
  return { ...rest, error: { kind, code, message, hint } };
}

/** How much a severity weighs, for sorting. */
export function gravity(severity: RuleTally["severity"]): number {
  return severity === "error" ? 2 : severity === "warning" ? 1 : 0;
}
