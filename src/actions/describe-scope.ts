import type { CrlExtensions } from "../x509/crl-extensions.ts";
import { describeGeneralName } from "./describe-general-name.ts";

/** What a CRL is about, in words. */
export interface ScopeSummary {
  readonly lines: readonly string[];
}

const KINDS = { user: "devices alone", ca: "CAs alone", attribute: "attribute certificates alone" } as const;

/** Says what a CRL is about where that is not all that its issuer issued (RFC 5280, 5.2.4 and 5.2.5). */
export function summarizeScope(known: CrlExtensions): { readonly scope?: ScopeSummary } {
  const { baseNumber, issuingDistributionPoint: point, expiredCertsFromMs } = known;
  const lines = [
    ...(baseNumber === undefined ? [] : [`a delta CRL, of what has changed since CRL ${baseNumber}`]),
    ...(point?.only === undefined ? [] : [KINDS[point.only]]),
    ...(point?.onlySomeReasons === true ? ["some reasons only"] : []),
    ...(point?.indirect === true ? ["an indirect CRL, of other issuers' certificates too"] : []),
    ...(point?.fullName ?? []).map((name) => `the distribution point ${describeGeneralName(name)}`),
    ...(point?.nameRelativeToIssuer === true ? ["a distribution point named relative to its issuer"] : []),
    ...(expiredCertsFromMs === undefined ? [] : ["certificates that have expired too"]),
  ];
  return lines.length === 0 ? {} : { scope: { lines } };
}
