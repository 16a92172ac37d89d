import type { CommandSpec } from "../command-spec.ts";
import { FLAG } from "../flags.ts";
import { SERIALS_FLAG } from "../line-flags.ts";
import { BOTH_FLAGS } from "../passphrase-flags.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { COMMON_FLAGS, ISSUE_EXITS, ISSUE_FLAGS } from "./flag-sets.ts";

/** `samicerts intermediate`. */
export const INTERMEDIATE_SPEC: CommandSpec = {
  name: "intermediate",
  summary: "make a factory line's own CA under the root, in lines/<name>",
  operands: [
    { name: "name", summary: "what the line is called: letters, digits, - and _", completes: [] },
    { name: "dn", summary: "its certificate's name: /C=US/O=MyOrg/CN=x or CN=x,O=MyOrg,C=US", completes: [] },
  ],
  flags: [
    FLAG.force,
    FLAG.allowKeyMode,
    ...ISSUE_FLAGS,
    SERIALS_FLAG,
    TOKEN_FLAG.rootKey,
    TOKEN_FLAG.pkcs11Module,
    ...BOTH_FLAGS,
    ...COMMON_FLAGS,
  ],
  examples: [
    "samicerts intermediate line2 /C=US/O=MyOrg/CN=Line2 --serials 200000000-299999999",
    "samicerts client 200000000 MyAwesomeDevice --line line2",
  ],
  exitCodes: ISSUE_EXITS,
  load: async () => await import("../commands/intermediate.ts"),
};
