import { type OpenDeps, openDeps } from "../open-deps.ts";
import type { Flags } from "./flag-values.ts";
import { FLAG } from "./flags.ts";
import { vendorDirectory } from "./vendor-directory.ts";

/** What issuing needs of the world, as the flags name it; `warn` takes what a person should know. */
export function openIssuingDeps(flags: Flags, warn: (warning: string) => void): OpenDeps {
  const ledger = flags.text(FLAG.ledger);
  return openDeps({
    dir: vendorDirectory(flags),
    newLedger: flags.on(FLAG.newLedger),
    allowKeyMode: flags.on(FLAG.allowKeyMode),
    warn,
    ...(ledger === undefined ? {} : { ledger }),
  });
}

/** Runs `work` with what it needs and lets go of it afterwards, come what may. */
export function withDeps<T>(deps: OpenDeps, work: (deps: OpenDeps) => T): T {
  try {
    return work(deps);
  } finally {
    deps.close();
  }
}
