import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { REVOKE_FLAG } from "../revoke-flags.ts";
import { COMMON_FLAGS } from "./flag-sets.ts";

/** `samicerts revoke`. */
export const REVOKE_SPEC: CommandSpec = {
  name: "revoke",
  summary: "revoke a certificate, put it on hold, or take it off hold",
  operands: [
    {
      name: "certificate",
      summary: "the serial, decimal or with 0x, or the certificate's file",
      optional: true,
      completes: "file",
    },
  ],
  flags: [
    FLAG.dir,
    FLAG.ledger,
    REVOKE_FLAG.from,
    REVOKE_FLAG.line,
    REVOKE_FLAG.reason,
    REVOKE_FLAG.at,
    REVOKE_FLAG.invalidityDate,
    REVOKE_FLAG.release,
    ...COMMON_FLAGS,
  ],
  examples: [
    "samicerts revoke 100000001 --reason keyCompromise",
    "samicerts revoke devices/100000001.crt --reason certificateHold",
    "samicerts revoke 100000001 --release",
    "samicerts revoke --from stolen.csv --reason keyCompromise --invalidity-date 2026-01-01",
  ],
  exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.exists, EXIT.rowsRefused],
  load: async () => await import("../commands/revoke.ts"),
};
