import { type OpenDeps, openDeps } from "../open-deps.ts";
import { askSecret } from "./ask-secret.ts";
import type { Call } from "./command-spec.ts";
import type { Flags } from "./flag-values.ts";
import { FLAG } from "./flags.ts";
import { type NewPassphraseFlags, newPassphrase, openingPassphrase } from "./passphrase.ts";
import { TOKEN_FLAG } from "./token-flags.ts";
import { vendorDirectory } from "./vendor-directory.ts";

/**
 * What issuing needs of the world, as the flags name it; `warn` takes what a person should know. `making` says which
 * flags have the passphrase for a key that is made.
 */
export function openIssuingDeps(
  { flags, host }: Pick<Call, "flags" | "host">,
  warn: (warning: string) => void,
  making: NewPassphraseFlags = "new",
): OpenDeps {
  const forNewKey = newPassphrase(flags, host, making);
  const ledger = flags.text(FLAG.ledger);
  const rootKey = flags.text(TOKEN_FLAG.rootKey);
  const pkcs11Module = flags.text(TOKEN_FLAG.pkcs11Module);
  return openDeps({
    dir: vendorDirectory(flags),
    newLedger: flags.on(FLAG.newLedger),
    allowKeyMode: flags.on(FLAG.allowKeyMode),
    warn,
    passphrase: openingPassphrase(flags, host),
    askPin: (token) => askPin(flags, token),
    ...(forNewKey === undefined ? {} : { newPassphrase: forNewKey }),
    ...(ledger === undefined ? {} : { ledger }),
    ...(rootKey === undefined ? {} : { rootKey }),
    ...(pkcs11Module === undefined ? {} : { pkcs11Module }),
  });
}

/** Asks at the terminal for a token's PIN; undefined where there is nobody, or nobody is to be asked. */
export function askPin(flags: Flags, token: string): string | undefined {
  const typed = flags.on(FLAG.noInput) ? undefined : askSecret(`PIN of the token ${token}: `);
  return typed === undefined ? undefined : Buffer.from(typed).toString("utf8");
}

/** Runs `work` with what it needs and lets go of it afterwards, come what may. */
export function withDeps<T>(deps: OpenDeps, work: (deps: OpenDeps) => T): T {
  try {
    return work(deps);
  } finally {
    deps.close();
  }
}
