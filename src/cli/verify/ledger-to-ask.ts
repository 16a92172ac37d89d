import { SamicertsError } from "../../base/errors.ts";
import { ledgerExists } from "../../ledger/exists.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { usageError } from "../usage.ts";
import { VERIFY_FLAG } from "../verify-flags.ts";

/**
 * The ledger that verify asks what was issued and revoked: the one that is named, else the vendor's own where it is there
 * and the vendor's root is the anchor. Undefined for none; throws `ledger.missing` where the named one is not there.
 */
export function ledgerToAsk(flags: Flags, { paths }: Workspace): string | undefined {
  const named = flags.text(FLAG.ledger);
  if (flags.on(VERIFY_FLAG.noLedger)) {
    // One that the environment names is not meant for this run.
    if (flags.all(FLAG.ledger).length === 0) return undefined;
    throw usageError("conflict", "--ledger and --no-ledger can't be given together", "keep one of them");
  }
  if (named === undefined) {
    const isOwn = flags.all(FLAG.root).length === 0;
    return isOwn && ledgerExists(nodeFiles, paths.ledger) ? paths.ledger : undefined;
  }
  if (ledgerExists(nodeFiles, named)) return named;
  throw new SamicertsError({
    kind: "io",
    code: "ledger.missing",
    message: `there is no ledger ${named}`,
    hint: "check --ledger, or leave it out",
  });
}
