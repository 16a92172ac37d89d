import { BATCH_FLAG } from "../batch-flags.ts";
import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { LINE_FLAG } from "../line-flags.ts";
import { OPENING_FLAGS } from "../passphrase-flags.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { ISSUE_EXITS, ISSUE_FLAGS } from "./flag-sets.ts";

/** `samicerts batch`. */
export const BATCH_SPEC: CommandSpec = {
  name: "batch",
  summary: "make many devices, from a list or a range of serials; the same command resumes",
  operands: [
    {
      name: "file",
      summary: "CSV with serial,name and perhaps csr,days,key, or NDJSON; - is standard input",
      optional: true,
      completes: "file",
    },
  ],
  flags: [
    BATCH_FLAG.count,
    BATCH_FLAG.serialFrom,
    BATCH_FLAG.name,
    FLAG.allowKeyMode,
    ...ISSUE_FLAGS,
    LINE_FLAG,
    FLAG.attribute,
    BATCH_FLAG.out,
    BATCH_FLAG.shard,
    BATCH_FLAG.rejects,
    BATCH_FLAG.maxErrors,
    BATCH_FLAG.noPrecheck,
    BATCH_FLAG.dryRun,
    BATCH_FLAG.jobs,
    BATCH_FLAG.checkAll,
    TOKEN_FLAG.rootKey,
    TOKEN_FLAG.pkcs11Module,
    ...OPENING_FLAGS,
    BATCH_FLAG.json,
    FLAG.quiet,
    FLAG.noColor,
    FLAG.noInput,
  ],
  examples: [
    "samicerts batch devices.csv",
    "samicerts batch --count 1000 --serial-from 100000000 --name 'MyAwesomeDevice-{serial}'",
    "samicerts batch devices.csv --out line7.tar --rejects rejects.csv",
  ],
  exitCodes: [...ISSUE_EXITS, EXIT.rowsRefused, EXIT.interrupted],
  load: async () => await import("../commands/batch.ts"),
};
