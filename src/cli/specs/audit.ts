import { AUDIT_FLAG } from "../audit-flags.ts";
import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { COMMON_FLAGS, SHOW_FLAGS } from "./flag-sets.ts";

const COMMANDS: readonly CommandSpec[] = [
  {
    name: "show",
    summary: "show what was done and refused, oldest first",
    operands: [],
    flags: [
      FLAG.dir,
      FLAG.ledger,
      AUDIT_FLAG.kind,
      AUDIT_FLAG.serial,
      AUDIT_FLAG.batch,
      AUDIT_FLAG.since,
      AUDIT_FLAG.until,
      AUDIT_FLAG.limit,
      AUDIT_FLAG.after,
      AUDIT_FLAG.last,
      ...SHOW_FLAGS,
    ],
    examples: [
      "samicerts audit show --last 20",
      "samicerts audit show --kind refused --since 2026-01-01T00:00:00Z",
      "samicerts audit show --serial 100000001 --json",
    ],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io],
    load: async () => (await import("../commands/audit.ts")).show,
  },
  {
    name: "verify",
    summary: "tell whether a line was altered, removed or moved",
    operands: [],
    flags: [FLAG.dir, FLAG.ledger, AUDIT_FLAG.head, ...COMMON_FLAGS],
    examples: ["samicerts audit verify", "samicerts audit verify --head $(cat audit-head.txt)"],
    exitCodes: [EXIT.done, EXIT.notCompliant, EXIT.input, EXIT.io],
    load: async () => (await import("../commands/audit.ts")).verify,
  },
  {
    name: "head",
    summary: "print the newest line's hash, to be kept elsewhere",
    operands: [],
    flags: [FLAG.dir, FLAG.ledger, ...SHOW_FLAGS],
    examples: ["samicerts audit head > audit-head.txt"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io],
    load: async () => (await import("../commands/audit.ts")).head,
  },
];

/** `samicerts audit`: the ledger's record. */
export const AUDIT_SPEC: CommandSpec = {
  name: "audit",
  summary: "show what was done and refused, and whether that record is whole",
  operands: [],
  flags: [],
  examples: [
    "samicerts audit show --last 20",
    "samicerts audit verify",
    "samicerts audit head > audit-head.txt",
  ],
  exitCodes: [],
  commands: COMMANDS,
};
