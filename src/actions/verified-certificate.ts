import type { SamicertsError } from "../base/errors.ts";
import type { Finding } from "../base/finding.ts";
import type { Role } from "../policy/policy.ts";
import type { Certificate } from "../x509/certificate.ts";
import { formatName } from "../x509/name-format.ts";
import { type CertificateSummary, summarize } from "./summary.ts";

/** The outcome for one certificate; `unreadable` where it could not be decoded at all. */
export type Verdict = "compliant" | "non-compliant" | "unreadable";

/** What was found about one certificate. */
export interface VerifiedCertificate {
  readonly source: string;
  /** Its place in the source, from 0. */
  readonly index: number;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Absent where it could not be decoded. */
  readonly certificate?: CertificateSummary;
  readonly role?: Role;
  /** Subjects from the certificate to its anchor. */
  readonly path: readonly string[];
  /** Whether the key beside it belongs to it; null where there is none. */
  readonly keyMatches: boolean | null;
  /** Why it could not be decoded. */
  readonly error?: SamicertsError;
}

/** What was found about one certificate, the certificates themselves not put into words: most need never be. */
export interface CheckedCertificate extends Omit<VerifiedCertificate, "certificate" | "path"> {
  /** Absent where it could not be decoded. */
  readonly certificate?: Certificate;
  /** From the certificate to its anchor. */
  readonly path: readonly Certificate[];
}

/** Puts into words what was found about a certificate. */
export function tellChecked(checked: CheckedCertificate): VerifiedCertificate {
  const { source, index, verdict, findings, certificate, role, path, keyMatches, error } = checked;
  return {
    source,
    index,
    verdict,
    findings,
    ...(certificate === undefined ? {} : { certificate: summarize(certificate) }),
    ...(role === undefined ? {} : { role }),
    path: path.map((member) => formatName(member.subject)),
    keyMatches,
    ...(error === undefined ? {} : { error }),
  };
}

/** The result for what could not be read or decoded. */
export function unreadableCertificate(
  source: string,
  index: number,
  error: SamicertsError,
): CheckedCertificate {
  return { source, index, verdict: "unreadable", findings: [], path: [], keyMatches: null, error };
}
