import { openJudge } from "../../../src/open-judge.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import type { Role } from "../../../src/policy/policy.ts";
import type { CertificateDraft } from "../../../src/x509/certificate.ts";
import {
  encodeBasicConstraints,
  encodeExtension,
  encodeExtKeyUsage,
  encodeKeyUsage,
} from "../../../src/x509/extension-encode.ts";
import { EXTENSION_OID, type KeyUsage, purposeOid } from "../../../src/x509/oids.ts";
import {
  type CertificatePlan,
  type ChainPlan,
  chainMaker,
  DAY_MS,
  extension,
  judgedIn,
} from "./sample-chain.ts";

type Change = NonNullable<CertificatePlan["change"]>;

/** A row of POLICIES.md put to the test: a plan, whose certificate is judged, and every finding it must have. */
export type PolicyRow = readonly [what: string, role: Role, plan: ChainPlan, findings: readonly string[]];

/** Judges a row's certificate under a built-in policy: `severity rule`, in the order of the rules. */
export function rowJudge(policyName: string): (role: Role, plan: ChainPlan, atMs?: number) => string[] {
  const makeChain = chainMaker();
  const policy = loadPolicy(policyName, (path) => {
    throw new Error(`a built-in policy read ${path}`);
  });
  const judge = openJudge(policy);
  return (role, plan, atMs) => {
    const judged = judgedIn(makeChain(policy, plan), role);
    const findings = judge.evaluate(atMs === undefined ? judged : { ...judged, atMs });
    return findings.map(({ severity, rule }) => `${severity} ${rule}`);
  };
}

/** basicConstraints as given; `undefined` takes it out. */
export function constraints(critical: boolean, ca: boolean, pathLength?: number): Change {
  return extension(EXTENSION_OID.basicConstraints, encodeBasicConstraints(critical, ca, pathLength));
}

export function usage(critical: boolean, ...usages: KeyUsage[]): Change {
  return extension(EXTENSION_OID.keyUsage, encodeKeyUsage(critical, usages));
}

export function purposes(...names: string[]): Change {
  return extension(
    EXTENSION_OID.extKeyUsage,
    encodeExtKeyUsage(
      false,
      names.map((name) => purposeOid(name) ?? name),
    ),
  );
}

export function without(name: keyof typeof EXTENSION_OID): Change {
  return extension(EXTENSION_OID[name], undefined);
}

/** An extension's value kept and its criticality turned over: only for those whose value a test writes. */
export function raw(oid: string, critical: boolean, value: readonly number[]): Change {
  return extension(oid, encodeExtension(oid, critical, Uint8Array.from(value)));
}

/** A validity of so many days, and seconds more. */
export function lasting(days: number, seconds = 0): Change {
  return (draft: CertificateDraft) => ({
    ...draft,
    notAfterMs: draft.notBeforeMs + days * DAY_MS + seconds * 1000,
  });
}
