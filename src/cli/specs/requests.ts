import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { MAKING_FLAGS } from "../passphrase-flags.ts";
import { REQUEST_FLAG } from "../request-flags.ts";
import { COMMON_FLAGS } from "./flag-sets.ts";

/** `samicerts csr`: on the device's side. */
export const CSR_SPEC: CommandSpec = {
  name: "csr",
  summary: "make a device's key and certificate request, where the key is to stay",
  operands: [{ name: "name", summary: "the device's name, 1 to 64 characters", completes: [] }],
  flags: [
    REQUEST_FLAG.out,
    REQUEST_FLAG.force,
    FLAG.allowKeyMode,
    FLAG.key,
    REQUEST_FLAG.subject,
    ...MAKING_FLAGS,
    ...COMMON_FLAGS,
  ],
  examples: ["samicerts csr MyAwesomeDevice", 'samicerts csr "Kitchen lamp" --out lamp --key ec:P-384'],
  exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.exists, EXIT.key],
  load: async () => await import("../commands/csr.ts"),
};
