import { createLedgerChecker } from "../../actions/check-in-ledger.ts";
import { SamicertsError } from "../../base/errors.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { openLedger } from "../../ledger/open.ts";
import { createCrlChecker, type PathCheck } from "../../x509/crl-checker.ts";
import { usableCrls } from "./crls.ts";
import type { VerifyPlan } from "./plan.ts";

/** What a run asks about revocation, and how to let go of it. */
export interface RevocationChecks {
  readonly pathChecks: readonly PathCheck[];
  close(): void;
}

/** Opens what a plan asks about revocation: CRLs, the ledger, or nothing; throws `ledger.*`, `io.*`. */
export function openRevocation({ crls, ledger: path, atMs }: VerifyPlan): RevocationChecks {
  const ledger = path === undefined ? undefined : openToRead(path);
  return {
    pathChecks: [
      ...(crls.length === 0 ? [] : [createCrlChecker(usableCrls(crls), atMs)]),
      ...(ledger === undefined ? [] : [createLedgerChecker(ledger, atMs)]),
    ],
    close: () => ledger?.close(),
  };
}

function openToRead(path: string): Ledger {
  try {
    return openLedger(path);
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    const { kind, code, message, hint } = error;
    throw new SamicertsError({
      kind,
      code,
      message,
      hint: `${hint}; or verify without asking it what was revoked: --no-ledger`,
      cause: error,
    });
  }
}
