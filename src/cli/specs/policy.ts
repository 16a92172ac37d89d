import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { COMMON_FLAGS, SHOW_FLAGS } from "./flag-sets.ts";

const POLICY_OPERAND = { name: "policy", summary: "a name or a file", completes: "policy" } as const;

const POLICY_COMMANDS: readonly CommandSpec[] = [
  {
    name: "list",
    summary: "the built-in policies",
    operands: [],
    flags: [FLAG.dir, ...SHOW_FLAGS],
    examples: ["samicerts policy list"],
    exitCodes: [EXIT.done, EXIT.input],
    load: async () => (await import("../commands/policy.ts")).list,
  },
  {
    name: "show",
    summary: "what a policy asks for, and who says so",
    operands: [
      { ...POLICY_OPERAND, summary: "a name or a file (default: the one in force)", optional: true },
    ],
    flags: [FLAG.dir, ...SHOW_FLAGS],
    examples: [
      "samicerts policy show",
      "samicerts policy show matter",
      "samicerts policy show aws-iot --json",
    ],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io],
    load: async () => (await import("../commands/policy.ts")).show,
  },
  {
    name: "check",
    summary: "whether a policy file of your own is sound",
    operands: [{ name: "file", summary: "a policy file", completes: "file" }],
    flags: COMMON_FLAGS,
    examples: ["samicerts policy check policy.json"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io],
    load: async () => (await import("../commands/policy.ts")).check,
  },
  {
    name: "diff",
    summary: "where two policies differ",
    operands: [
      { ...POLICY_OPERAND, name: "one" },
      { ...POLICY_OPERAND, name: "other" },
    ],
    flags: SHOW_FLAGS,
    examples: ["samicerts policy diff sami aws-iot", "samicerts policy diff sami policy.json"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io],
    load: async () => (await import("../commands/policy.ts")).diff,
  },
];

/** `samicerts policy`: the rules. */
export const POLICY_SPEC: CommandSpec = {
  name: "policy",
  summary: "the built-in policies, the one in force, a file of your own",
  operands: [],
  flags: [],
  examples: ["samicerts policy list", "samicerts policy show sami", "samicerts policy check policy.json"],
  exitCodes: [],
  commands: POLICY_COMMANDS,
};
