import { type OpenDeps, openDeps } from "../open-deps.ts";
import type { Flags } from "./flag-values.ts";
import { FLAG } from "./flags.ts";
import { TOKEN_FLAG } from "./token-flags.ts";
import { vendorDirectory } from "./vendor-directory.ts";

/** What issuing needs of the world, as the flags name it; `warn` takes what a person should know. */
export function openIssuingDeps(flags: Flags, warn: (warning: string) => void): OpenDeps {
  const ledger = flags.text(FLAG.ledger);
  const rootKey = flags.text(TOKEN_FLAG.rootKey);
  const pkcs11Module = flags.text(TOKEN_FLAG.pkcs11Module);
  return openDeps({
    dir: vendorDirectory(flags),
    newLedger: flags.on(FLAG.newLedger),
    allowKeyMode: flags.on(FLAG.allowKeyMode),
    warn,
    ...(ledger === undefined ? {} : { ledger }),
    ...(rootKey === undefined ? {} : { rootKey }),
    ...(pkcs11Module === undefined ? {} : { pkcs11Module }),
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
