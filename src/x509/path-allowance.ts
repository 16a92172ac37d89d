import type { Finding } from "../base/finding.ts";
import type { Certificate } from "./certificate.ts";
import { purposeName, purposeOid } from "./oids.ts";
import { pathFinding } from "./path-finding.ts";

const ANY_PURPOSE = purposeOid("anyExtendedKeyUsage") as string;
const ANY_POLICY = "2.5.29.32.0";

/**
 * What the certificates of a path, from the target up, leave in common.
 * Two partial paths to one certificate are alike only where this is alike too.
 */
export interface Allowance {
  /** Key purposes left; undefined where none was named yet. */
  readonly purposes: readonly string[] | undefined;
  /** Certificate policies left; undefined for any. */
  readonly policies: readonly string[] | undefined;
  /** The lowest CA that carries a policyConstraints which is not critical. */
  readonly constrainedBy: Certificate | undefined;
  /** Tells allowances apart. */
  readonly key: string;
}

/** What a path allows before its first certificate. */
export const ALLOWS_ALL: Allowance = {
  purposes: undefined,
  policies: undefined,
  constrainedBy: undefined,
  key: "",
};

/** What path building asks of certificates' purposes and policies. */
export interface AllowanceRules {
  /** The purpose every certificate must allow, by OID; undefined to ask only that they do not exclude each other. */
  readonly purpose: string | undefined;
  /** Whether policies matter: only where some CA carries policyConstraints. */
  readonly trackPolicies: boolean;
}

/** Narrows what a path allows by its next certificate upward. */
export function narrow(
  before: Allowance,
  certificate: Certificate,
  anchor: boolean,
  rules: AllowanceRules,
): Allowance {
  const purposes = rules.purpose === undefined ? commonPurposes(before.purposes, certificate) : undefined;
  // The anchor's own policies are no part of the path (RFC 5280, 6.1.1(d)).
  const policies =
    rules.trackPolicies && !anchor ? commonPolicies(before.policies, certificate) : before.policies;
  const constrains = rules.trackPolicies && constrainsPolicies(certificate);
  const constrainedBy = before.constrainedBy ?? (constrains ? certificate : undefined);
  if (purposes === before.purposes && policies === before.policies && constrainedBy === before.constrainedBy)
    return before;
  const key = `${purposes?.join() ?? "*"}|${policies?.join() ?? "*"}|${constrainedBy === undefined ? "" : "c"}`;
  return { purposes, policies, constrainedBy, key };
}

/**
 * Whether a certificate asks by a policyConstraints, not critical, for policies in its path; one that is critical is
 * refused as it stands. Of a certificate that is no CA only an explicit policy at once counts (RFC 5280, 6.1.5(b)).
 */
export function constrainsPolicies({ known }: Certificate): boolean {
  const constraints = known.policyConstraints;
  if (constraints === undefined || constraints.critical) return false;
  return known.basicConstraints?.ca === true || constraints.requireExplicitPolicy === 0;
}

/**
 * The purposes that extKeyUsage leaves. One that names a purpose we do not know narrows nothing:
 * what it stands for may well cover the others.
 */
function commonPurposes(
  before: readonly string[] | undefined,
  certificate: Certificate,
): readonly string[] | undefined {
  const named = certificate.known.extKeyUsage?.purposes;
  if (named === undefined || named.some((oid) => oid === ANY_PURPOSE || purposeName(oid) === oid))
    return before;
  return before === undefined ? [...named].sort() : before.filter((oid) => named.includes(oid));
}

/** The policies left where nothing is mapped and anyPolicy is not inhibited (RFC 5280, 6.1.3(d)). */
function commonPolicies(
  before: readonly string[] | undefined,
  certificate: Certificate,
): readonly string[] | undefined {
  const named = (certificate.known.certificatePolicies?.policies ?? []).map((policy) => policy.oid);
  if (named.includes(ANY_POLICY)) return before;
  return before === undefined ? [...named].sort() : before.filter((oid) => named.includes(oid));
}

/** The finding where a certificate does not allow the purpose that is asked for, or none that those below it allow. */
export function purposeFinding(
  certificate: Certificate,
  before: Allowance,
  after: Allowance,
  purpose: string | undefined,
): Finding | undefined {
  const named = certificate.known.extKeyUsage?.purposes;
  if (named === undefined) return undefined;
  const actual = named.map(purposeName).join(", ");
  if (purpose !== undefined) {
    if (named.includes(purpose) || named.includes(ANY_PURPOSE)) return undefined;
    const expected = purposeName(purpose);
    return pathFinding("path.purpose", certificate, {
      message: `its extKeyUsage does not allow ${expected}`,
      expected,
      actual,
    });
  }
  if (after.purposes?.length !== 0 || before.purposes?.length === 0) return undefined;
  return pathFinding("path.purpose", certificate, {
    message: "its extKeyUsage allows no purpose that the certificates below it are for",
    expected: (before.purposes ?? named).map(purposeName).join(" or "),
    actual,
  });
}

/**
 * The finding where a policyConstraints that is not critical is not certain to be met. It is certain where every
 * certificate below the anchor names one same policy: then an explicit policy is there, however soon it is asked for,
 * and mappings, which the other field forbids, are refused anyway (RFC 5280, 4.2.1.11).
 */
export function policyFinding(allowance: Allowance): Finding | undefined {
  const constrained = allowance.constrainedBy;
  if (constrained === undefined || allowance.policies?.length !== 0) return undefined;
  return constraintFinding(constrained);
}

/** The finding about a policyConstraints that is not critical. */
export function constraintFinding(constrained: Certificate): Finding {
  return pathFinding("path.unsupported-constraint", constrained, {
    message:
      "it carries policyConstraints, and the certificates of the path share no policy that would meet it",
    expected: "no policyConstraints, or one policy named by every certificate of the path",
    actual: "policyConstraints",
  });
}
