import type { VerifyPlan } from "./plan.ts";
import type { RevocationChecks } from "./revocation.ts";

const NOTHING: RevocationChecks = { pathChecks: [], close: () => undefined };

/** What a plan asks about revocation; what reads CRLs and the ledger is loaded only where it asks. Throws `ledger.*`, `io.*`. */
export async function revocationAsked(plan: VerifyPlan): Promise<RevocationChecks> {
  if (plan.crls.length === 0 && plan.ledger === undefined) return NOTHING;
  return (await import("./revocation.ts")).openRevocation(plan);
}
