import type { CommandSpec } from "../command-spec.ts";
import { FLAG } from "../flags.ts";
import { LINE_FLAG, REPLACE_FLAG } from "../line-flags.ts";
import { BOTH_FLAGS, MAKING_FLAGS } from "../passphrase-flags.ts";
import { REQUEST_FLAG } from "../request-flags.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { COMMON_FLAGS, ISSUE_EXITS, ISSUE_FLAGS } from "./flag-sets.ts";

/** `samicerts root`. */
export const ROOT_SPEC: CommandSpec = {
  name: "root",
  summary: "make a self-signed vendor root: root.crt, root.key and the ledger",
  operands: [
    {
      name: "dn",
      summary: "its name: /C=US/O=MyOrg/CN=x or CN=x,O=MyOrg,C=US (with --replace: the old one's)",
      optional: true,
      completes: [],
    },
  ],
  flags: [
    FLAG.force,
    REPLACE_FLAG,
    FLAG.allowKeyMode,
    ...ISSUE_FLAGS,
    TOKEN_FLAG.rootPlace,
    TOKEN_FLAG.existingKey,
    TOKEN_FLAG.pkcs11Module,
    ...MAKING_FLAGS,
    ...COMMON_FLAGS,
  ],
  examples: [
    "samicerts root /C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority",
    'samicerts root "CN=Line 2 Root,O=My Org,C=US" --dir line2 --key ec:P-384',
    "samicerts root --replace",
    "samicerts root CN=MyRoot,O=MyOrg,C=US --root-key 'pkcs11:token=hsm;object=ca?module-name=softhsm2&pin-source=pin'",
  ],
  exitCodes: ISSUE_EXITS,
  load: async () => await import("../commands/root.ts"),
};

/** `samicerts client`. */
export const CLIENT_SPEC: CommandSpec = {
  name: "client",
  summary: "make a device certificate signed by the root, or by a line",
  operands: [
    { name: "serial", summary: "decimal, or hexadecimal with 0x", completes: [] },
    { name: "name", summary: "the device's name, 1 to 64 characters", completes: [] },
  ],
  flags: [
    FLAG.allowKeyMode,
    ...ISSUE_FLAGS,
    LINE_FLAG,
    FLAG.attribute,
    REQUEST_FLAG.csr,
    REQUEST_FLAG.publicKey,
    REQUEST_FLAG.noProof,
    TOKEN_FLAG.rootKey,
    TOKEN_FLAG.deviceKey,
    TOKEN_FLAG.existingKey,
    TOKEN_FLAG.pkcs11Module,
    ...BOTH_FLAGS,
    ...COMMON_FLAGS,
  ],
  examples: [
    "samicerts client 100000001 MyAwesomeDevice",
    'samicerts client 0x5f5e102 "Kitchen lamp" --validity 5y',
    "samicerts client 100000002 MyAwesomeDevice --csr MyAwesomeDevice.csr",
  ],
  exitCodes: ISSUE_EXITS,
  load: async () => await import("../commands/client.ts"),
};
