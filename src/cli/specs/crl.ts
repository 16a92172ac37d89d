import type { CommandSpec } from "../command-spec.ts";
import { CRL_FLAG } from "../crl-flags.ts";
import { FLAG } from "../flags.ts";
import { OPENING_FLAGS } from "../passphrase-flags.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { COMMON_FLAGS, ISSUE_EXITS } from "./flag-sets.ts";

/** `samicerts crl`. */
export const CRL_SPEC: CommandSpec = {
  name: "crl",
  summary: "publish what was revoked, as a CRL",
  operands: [],
  flags: [
    FLAG.allowKeyMode,
    FLAG.dir,
    FLAG.ledger,
    CRL_FLAG.out,
    CRL_FLAG.format,
    FLAG.policy,
    CRL_FLAG.line,
    CRL_FLAG.oldRoot,
    CRL_FLAG.nextUpdate,
    TOKEN_FLAG.rootKey,
    TOKEN_FLAG.pkcs11Module,
    ...OPENING_FLAGS,
    ...COMMON_FLAGS,
  ],
  examples: [
    "samicerts crl",
    "samicerts crl --next-update 7d",
    "samicerts crl --out public/root.crl --format der",
  ],
  exitCodes: ISSUE_EXITS,
  load: async () => await import("../commands/crl.ts"),
};
