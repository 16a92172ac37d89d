import type { Ledger } from "../ledger/ledger.ts";
import type { Certificate } from "../x509/certificate.ts";
import { formatTime, NO_EXPIRY_MS } from "../x509/time.ts";
import { type FoundCertificate, findCertificate, type NamedCertificate } from "./find-certificate.ts";
import { type CertificateSummary, summarize } from "./summary.ts";

/** Whether a certificate is to be renewed, and why. */
export interface RenewalNeed {
  readonly needed: boolean;
  readonly certificate: CertificateSummary;
  /** When it is to be renewed at the latest, RFC 3339; null where it does not expire. */
  readonly due: string | null;
  /** Whole days from now until it ends, negative afterwards; null where it does not expire. */
  readonly daysLeft: number | null;
  /** The decimal serial of what took its place already. */
  readonly renewedAs?: string;
  /** Since when it is revoked, RFC 3339. */
  readonly revoked?: string;
}

const DAY_MS = 86_400_000;

/**
 * Tells whether a certificate ends within `withinMs`, or has ended, and nothing has taken its place. Without a ledger, or
 * where it does not know the file's certificate, that alone is looked at. Throws `certificate.unknown` for a serial, and
 * `serial.ambiguous`.
 */
export function needsRenewal(
  named: NamedCertificate,
  line: string | undefined,
  ledger: Ledger | undefined,
  withinMs: number,
  nowMs: number,
): RenewalNeed {
  const found = ledger === undefined ? undefined : findKnown(named, line, ledger);
  const certificate = found?.certificate ?? (named as { readonly certificate: Certificate }).certificate;
  const successor = found === undefined ? undefined : issuedSuccessor(found, ledger);
  const revocation = found?.row.revocation;
  const endMs = certificate.notAfter.epochMs;
  const ends = endMs < NO_EXPIRY_MS;
  const isDue = ends && endMs - nowMs <= withinMs;
  return {
    needed: isDue && successor === undefined && revocation === undefined,
    certificate: summarize(certificate),
    due: ends ? formatTime(endMs - withinMs) : null,
    daysLeft: ends ? Math.floor((endMs - nowMs) / DAY_MS) : null,
    ...(successor === undefined ? {} : { renewedAs: successor }),
    ...(revocation === undefined ? {} : { revoked: formatTime(revocation.revokedMs) }),
  };
}

/** A file's certificate may be somebody else's; a serial can only be the ledger's. */
function findKnown(
  named: NamedCertificate,
  line: string | undefined,
  ledger: Ledger,
): FoundCertificate | undefined {
  try {
    return findCertificate(named, line, ledger);
  } catch (error) {
    if ("file" in named && (error as { readonly code?: string }).code === "certificate.unknown")
      return undefined;
    throw error;
  }
}

function issuedSuccessor({ row }: FoundCertificate, ledger: Ledger | undefined): string | undefined {
  return ledger?.successors(row.issuer, row.serial).find(({ state }) => state === "issued")?.serial;
}
