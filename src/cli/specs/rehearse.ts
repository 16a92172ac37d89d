import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { OPENING_FLAGS } from "../passphrase-flags.ts";
import { REHEARSE_FLAG } from "../rehearse-flags.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { COMMON_FLAGS } from "./flag-sets.ts";

/** `samicerts rehearse`. */
export const REHEARSE_SPEC: CommandSpec = {
  name: "rehearse",
  summary: "be a device: register, show the PIN, wait, complete, send data, read it back",
  operands: [
    {
      name: "device",
      summary: "its serial, its certificate, or a directory of devices",
      completes: "file",
    },
  ],
  flags: [
    FLAG.dir,
    FLAG.allowKeyMode,
    REHEARSE_FLAG.api,
    REHEARSE_FLAG.cacert,
    REHEARSE_FLAG.autoConfirm,
    REHEARSE_FLAG.type,
    REHEARSE_FLAG.name,
    REHEARSE_FLAG.key,
    TOKEN_FLAG.pkcs11Module,
    REHEARSE_FLAG.hub,
    REHEARSE_FLAG.nodes,
    REHEARSE_FLAG.sample,
    REHEARSE_FLAG.jobs,
    FLAG.judgePolicy,
    ...OPENING_FLAGS,
    ...COMMON_FLAGS,
  ],
  examples: [
    "samicerts rehearse 100000001 --auto-confirm",
    "samicerts rehearse 100000001 --auto-confirm --hub --nodes 3",
    "samicerts rehearse devices/ --auto-confirm --sample 100 --jobs 8",
  ],
  exitCodes: [EXIT.done, EXIT.notCompliant, EXIT.input, EXIT.io, EXIT.key],
  load: async () => await import("../commands/rehearse.ts"),
};
