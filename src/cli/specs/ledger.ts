import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { LIST_FLAG } from "../list-flags.ts";
import { COMMON_FLAGS } from "./flag-sets.ts";

const LEDGER_FLAGS = [FLAG.dir, FLAG.ledger, ...COMMON_FLAGS];
const LEDGER_DIRECTORY = {
  name: "dir",
  summary: "the vendor's directory (default: --dir)",
  optional: true,
  completes: "directory",
} as const;

const LEDGER_COMMANDS: readonly CommandSpec[] = [
  {
    name: "check",
    summary: "tell in what the ledger and the files disagree",
    operands: [LEDGER_DIRECTORY],
    flags: LEDGER_FLAGS,
    examples: ["samicerts ledger check", "samicerts ledger check line2 --json"],
    exitCodes: [EXIT.done, EXIT.notCompliant, EXIT.input, EXIT.io],
    load: async () => (await import("../commands/ledger.ts")).check,
  },
  {
    name: "repair",
    summary: "mend what can be mended, and say what cannot",
    operands: [LEDGER_DIRECTORY],
    flags: LEDGER_FLAGS,
    examples: ["samicerts ledger repair"],
    exitCodes: [EXIT.done, EXIT.notCompliant, EXIT.input, EXIT.io],
    load: async () => (await import("../commands/ledger.ts")).repair,
  },
  {
    name: "backup",
    summary: "copy the ledger as of this moment, while others go on issuing",
    operands: [{ name: "file", summary: "a file that is not there yet", completes: "file" }],
    flags: [FLAG.dir, FLAG.ledger, FLAG.quiet, FLAG.noColor, FLAG.noInput],
    examples: ["samicerts ledger backup ledger-backup.db"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.exists],
    load: async () => (await import("../commands/ledger.ts")).backup,
  },
];

/** `samicerts list`. */
export const LIST_SPEC: CommandSpec = {
  name: "list",
  summary: "list what the ledger holds",
  operands: [],
  flags: [
    FLAG.dir,
    FLAG.ledger,
    LIST_FLAG.state,
    LIST_FLAG.batch,
    LIST_FLAG.name,
    LIST_FLAG.expiring,
    LIST_FLAG.from,
    LIST_FLAG.to,
    LIST_FLAG.limit,
    LIST_FLAG.after,
    LIST_FLAG.format,
    FLAG.json,
    FLAG.noColor,
    FLAG.noInput,
  ],
  examples: [
    "samicerts list --expiring 90d",
    'samicerts list --name "MyAwesomeDevice-*" --limit 20',
    "samicerts list --batch 1 --format csv > batch-1.csv",
  ],
  exitCodes: [EXIT.done, EXIT.input, EXIT.io],
  load: async () => await import("../commands/list.ts"),
};

/** `samicerts ledger`: the ledger against the files. */
export const LEDGER_SPEC: CommandSpec = {
  name: "ledger",
  summary: "check the ledger against the files, mend them, copy it",
  operands: [],
  flags: [],
  examples: ["samicerts ledger check", "samicerts ledger repair", "samicerts ledger backup ledger-backup.db"],
  exitCodes: [],
  commands: LEDGER_COMMANDS,
};
