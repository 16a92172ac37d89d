import type { Finding } from "../base/finding.ts";
import type { Certificate } from "./certificate.ts";
import type { CrlEntry } from "./crl.ts";
import { type Unfitness, type UsableCrl, unfitness } from "./crl-fitness.ts";
import { findCrlEntry } from "./crl-index.ts";
import { outOfScope } from "./crl-scope.ts";
import { nameKey } from "./name-compare.ts";
import { formatName } from "./name-format.ts";
import { revocationFinding } from "./revocation-finding.ts";
import { formatTime } from "./time.ts";

/** Says what else is wrong with a path: the target first, its anchor last. */
export type PathCheck = (path: readonly Certificate[]) => readonly Finding[];

/**
 * Makes a check of whole paths against CRLs (RFC 5280, 6.3): every certificate but the anchor must be covered by one
 * that is fit at `atMs`, and must not be on it. What a CRL comes to for an issuer is worked out once.
 */
export function createCrlChecker(crls: readonly UsableCrl[], atMs: number): PathCheck {
  // The newest first: it decides over a hold.
  const byIssuer = new Map<string, UsableCrl[]>();
  for (const crl of crls.toSorted((a, b) => b.crl.thisUpdate.epochMs - a.crl.thisUpdate.epochMs)) {
    const key = nameKey(crl.crl.issuer);
    byIssuer.set(key, [...(byIssuer.get(key) ?? []), crl]);
  }
  const fitness = new WeakMap<Certificate, Map<UsableCrl, Unfitness | undefined>>();
  const checked = new WeakMap<Certificate, Checked>();

  const fitnessOf = (crl: UsableCrl, issuer: Certificate): Unfitness | undefined => {
    const known = fitness.get(issuer) ?? new Map<UsableCrl, Unfitness | undefined>();
    fitness.set(issuer, known);
    if (!known.has(crl)) known.set(crl, unfitness(crl, issuer, atMs));
    return known.get(crl);
  };

  const check = (certificate: Certificate, issuer: Certificate): readonly Finding[] => {
    const named = byIssuer.get(nameKey(issuer.subject)) ?? [];
    if (named.length === 0) return [noCrl(certificate)];
    const fit: UsableCrl[] = [];
    const found: Finding[] = [];
    for (const crl of named) {
      const problem = fitnessOf(crl, issuer) ?? outOfScope(crl, certificate);
      if (problem === undefined) fit.push(crl);
      else found.push(revocationFinding(problem.rule, certificate, problem.flaw));
    }
    if (fit.length === 0) return found;
    // What was given and can't be processed may say more than what can: a delta CRL does.
    const unprocessed = found.filter(({ rule }) => rule === "revocation.crl-unsupported");
    return [...revokedBy(fit, certificate), ...unprocessed];
  };

  return (path) =>
    path.slice(0, -1).flatMap((certificate, place) => {
      const issuer = path[place + 1] as Certificate;
      const known = checked.get(certificate);
      if (known?.issuer === issuer) return known.found;
      const found = check(certificate, issuer);
      checked.set(certificate, { issuer, found });
      return found;
    });
}

interface Checked {
  readonly issuer: Certificate;
  readonly found: readonly Finding[];
}

/** What CRLs, the newest first, say of a certificate: a hold counts in the newest alone, a revocation in any. */
function revokedBy(crls: readonly UsableCrl[], certificate: Certificate): readonly Finding[] {
  for (const [place, { source, crl, index, name }] of crls.entries()) {
    const entry = findCrlEntry(source, { crl, index }, certificate.serial, name);
    if (entry === undefined || (entry.reason === "certificateHold" && place > 0)) continue;
    return [revoked(certificate, entry, name)];
  }
  return [];
}

function revoked(
  certificate: Certificate,
  { reason, revokedMs, invalidityMs }: CrlEntry,
  by: string,
): Finding {
  const since = formatTime(revokedMs);
  const invalid = invalidityMs === undefined ? "" : `; not to be relied on since ${formatTime(invalidityMs)}`;
  const isHeld = reason === "certificateHold";
  return revocationFinding(isHeld ? "revocation.on-hold" : "revocation.revoked", certificate, {
    message: isHeld
      ? `it has been on hold since ${since}`
      : `it was revoked on ${since}, ${reason === undefined ? "for no reason given" : `reason ${reason}`}${invalid}`,
    expected: `not on the CRL ${by}`,
    actual: `on ${by} since ${since}`,
  });
}

function noCrl(certificate: Certificate): Finding {
  return revocationFinding("revocation.no-crl", certificate, {
    message: `there is no CRL of its issuer, ${formatName(certificate.issuer)}`,
    expected: "a CRL that covers it",
    actual: "none",
  });
}
