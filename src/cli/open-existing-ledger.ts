import { SamicertsError } from "../base/errors.ts";
import { ledgerExists } from "../ledger/exists.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { openLedger } from "../ledger/open.ts";
import { nodeFiles } from "../workspace/node-files.ts";
import { workspacePaths } from "../workspace/paths.ts";
import type { Flags } from "./flag-values.ts";
import { FLAG } from "./flags.ts";
import { vendorDirectory } from "./vendor-directory.ts";

/** Opens the ledger that the flags name; throws `ledger.missing` where there is none, for looking makes nothing. */
export function openExistingLedger(flags: Flags, directory: string = vendorDirectory(flags)): Ledger {
  const path = flags.text(FLAG.ledger) ?? workspacePaths(directory).ledger;
  if (ledgerExists(nodeFiles, path)) return openLedger(path);
  throw new SamicertsError({
    kind: "io",
    code: "ledger.missing",
    message: `there is no ledger ${path}`,
    hint: "name the vendor's directory with --dir, or the ledger with --ledger; making a root begins one",
  });
}
