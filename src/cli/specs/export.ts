import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { EXPORT_FLAG } from "../export-flags.ts";
import { FLAG } from "../flags.ts";
import { LIST_FLAG } from "../list-flags.ts";
import { OPENING_FLAGS, PASSPHRASE_FLAG } from "../passphrase-flags.ts";

/** `samicerts export`. */
export const EXPORT_SPEC: CommandSpec = {
  name: "export",
  summary: "hand a certificate on, with its chain or key, or all of them as platforms import them",
  operands: [
    {
      name: "serial",
      summary: "one device's, decimal or with 0x (default: all, for the formats of many)",
      optional: true,
      completes: [],
    },
  ],
  flags: [
    EXPORT_FLAG.out,
    FLAG.dir,
    FLAG.ledger,
    FLAG.allowKeyMode,
    EXPORT_FLAG.line,
    LIST_FLAG.batch,
    LIST_FLAG.name,
    LIST_FLAG.from,
    LIST_FLAG.to,
    EXPORT_FLAG.friendlyName,
    ...OPENING_FLAGS,
    PASSPHRASE_FLAG.newFile,
    PASSPHRASE_FLAG.newEnv,
    EXPORT_FLAG.format,
    FLAG.quiet,
    FLAG.noColor,
    FLAG.noInput,
  ],
  examples: [
    "samicerts export 100000001 --format chain",
    "samicerts export 100000001 --format p12 --out lamp.p12 --new-passphrase-file passphrase",
    "samicerts export --format vdid-csv --out allow-list.csv",
    "samicerts export --format aws --batch 1 > register.ndjson",
  ],
  exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.exists, EXIT.key],
  load: async () => await import("../commands/export.ts"),
};
