import type { CommandSpec } from "./command-spec.ts";
import { EXIT } from "./exit-codes.ts";
import { FLAG } from "./flags.ts";
import { LIST_FLAG } from "./list-flags.ts";

/** Of commands whose result is all there is to them. */
const SHOW = [FLAG.json, FLAG.noColor, FLAG.noInput];
const COMMON = [FLAG.json, FLAG.quiet, FLAG.noColor, FLAG.noInput];
const ISSUE = [
  FLAG.dir,
  FLAG.ledger,
  FLAG.newLedger,
  FLAG.policy,
  FLAG.key,
  FLAG.days,
  FLAG.validity,
  FLAG.notBefore,
  FLAG.notAfter,
];
const ISSUE_EXITS = [EXIT.done, EXIT.notCompliant, EXIT.input, EXIT.io, EXIT.exists, EXIT.key];
const POLICY_OPERAND = { name: "policy", summary: "a name or a file", completes: "policy" } as const;

const POLICY_COMMANDS: readonly CommandSpec[] = [
  {
    name: "list",
    summary: "the built-in policies",
    operands: [],
    flags: [FLAG.dir, ...SHOW],
    examples: ["samicerts policy list"],
    exitCodes: [EXIT.done, EXIT.input],
    load: async () => (await import("./commands/policy.ts")).list,
  },
  {
    name: "show",
    summary: "what a policy asks for, and who says so",
    operands: [
      { ...POLICY_OPERAND, summary: "a name or a file (default: the one in force)", optional: true },
    ],
    flags: [FLAG.dir, ...SHOW],
    examples: [
      "samicerts policy show",
      "samicerts policy show matter",
      "samicerts policy show aws-iot --json",
    ],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io],
    load: async () => (await import("./commands/policy.ts")).show,
  },
  {
    name: "check",
    summary: "whether a policy file of your own is sound",
    operands: [{ name: "file", summary: "a policy file", completes: "file" }],
    flags: COMMON,
    examples: ["samicerts policy check policy.json"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io],
    load: async () => (await import("./commands/policy.ts")).check,
  },
  {
    name: "diff",
    summary: "where two policies differ",
    operands: [
      { ...POLICY_OPERAND, name: "one" },
      { ...POLICY_OPERAND, name: "other" },
    ],
    flags: SHOW,
    examples: ["samicerts policy diff sami aws-iot", "samicerts policy diff sami policy.json"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io],
    load: async () => (await import("./commands/policy.ts")).diff,
  },
];

const LEDGER_FLAGS = [FLAG.dir, FLAG.ledger, ...COMMON];
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
    load: async () => (await import("./commands/ledger.ts")).check,
  },
  {
    name: "repair",
    summary: "mend what can be mended, and say what cannot",
    operands: [LEDGER_DIRECTORY],
    flags: LEDGER_FLAGS,
    examples: ["samicerts ledger repair"],
    exitCodes: [EXIT.done, EXIT.notCompliant, EXIT.input, EXIT.io],
    load: async () => (await import("./commands/ledger.ts")).repair,
  },
  {
    name: "backup",
    summary: "copy the ledger as of this moment, while others go on issuing",
    operands: [{ name: "file", summary: "a file that is not there yet", completes: "file" }],
    flags: [FLAG.dir, FLAG.ledger, FLAG.quiet, FLAG.noColor, FLAG.noInput],
    examples: ["samicerts ledger backup ledger-backup.db"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.exists],
    load: async () => (await import("./commands/ledger.ts")).backup,
  },
];

/** Every command, in the order of help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "root",
    summary: "make a self-signed vendor root: root.crt, root.key and the ledger",
    operands: [{ name: "dn", summary: "its name: /C=US/O=MyOrg/CN=x or CN=x,O=MyOrg,C=US", completes: [] }],
    flags: [FLAG.force, ...ISSUE, ...COMMON],
    examples: [
      "samicerts root /C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority",
      'samicerts root "CN=Line 2 Root,O=My Org,C=US" --dir line2 --key ec:P-384',
    ],
    exitCodes: ISSUE_EXITS,
    load: async () => await import("./commands/root.ts"),
  },
  {
    name: "client",
    summary: "make a device certificate signed by the root",
    operands: [
      { name: "serial", summary: "decimal, or hexadecimal with 0x", completes: [] },
      { name: "name", summary: "the device's name, 1 to 64 characters", completes: [] },
    ],
    flags: [FLAG.allowKeyMode, ...ISSUE, FLAG.attribute, ...COMMON],
    examples: [
      "samicerts client 100000001 MyAwesomeDevice",
      'samicerts client 0x5f5e102 "Kitchen lamp" --validity 5y',
    ],
    exitCodes: ISSUE_EXITS,
    load: async () => await import("./commands/client.ts"),
  },
  {
    name: "verify",
    summary: "tell whether certificates are compliant: files, directories, bundles",
    operands: [
      {
        name: "path",
        summary: "a file, a directory, or - for stdin (default: devices in --dir)",
        optional: true,
        repeatable: true,
        completes: "file",
      },
    ],
    flags: [
      FLAG.dir,
      FLAG.allowKeyMode,
      FLAG.judgePolicy,
      FLAG.root,
      FLAG.untrusted,
      FLAG.at,
      FLAG.purpose,
      FLAG.matchKey,
      FLAG.as,
      FLAG.failOn,
      FLAG.format,
      FLAG.verbose,
      ...COMMON,
    ],
    examples: [
      "samicerts verify devices/100000001.crt",
      "samicerts verify --policy aws-iot --format junit > samicerts.xml",
      "samicerts verify chain.pem --root root.crt --policy none",
    ],
    exitCodes: [EXIT.done, EXIT.notCompliant, EXIT.input, EXIT.io, EXIT.key],
    load: async () => await import("./commands/verify.ts"),
  },
  {
    name: "inspect",
    summary: "show a certificate or a key in words",
    operands: [{ name: "file", summary: "a file, or - for stdin", completes: "file" }],
    flags: [FLAG.dir, FLAG.allowKeyMode, FLAG.judgePolicy, ...SHOW],
    examples: ["samicerts inspect devices/100000001.crt", "samicerts inspect - --json < root.crt"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.key],
    load: async () => await import("./commands/inspect.ts"),
  },
  {
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
    load: async () => await import("./commands/list.ts"),
  },
  {
    name: "ledger",
    summary: "check the ledger against the files, mend them, copy it",
    operands: [],
    flags: [],
    examples: [
      "samicerts ledger check",
      "samicerts ledger repair",
      "samicerts ledger backup ledger-backup.db",
    ],
    exitCodes: [],
    commands: LEDGER_COMMANDS,
  },
  {
    name: "policy",
    summary: "the built-in policies, the one in force, a file of your own",
    operands: [],
    flags: [],
    examples: ["samicerts policy list", "samicerts policy show sami", "samicerts policy check policy.json"],
    exitCodes: [],
    commands: POLICY_COMMANDS,
  },
  {
    name: "completion",
    summary: "print the completion script of a shell",
    operands: [{ name: "shell", summary: "bash, zsh or fish", completes: ["bash", "zsh", "fish"] }],
    flags: [],
    examples: ["source <(samicerts completion bash)", "samicerts completion fish | source"],
    exitCodes: [EXIT.done, EXIT.input],
    load: async () => await import("./commands/completion.ts"),
  },
];
