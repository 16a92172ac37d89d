import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG, type FlagSpec } from "../flags.ts";
import { KEY_FLAG } from "../key-flags.ts";
import { OPENING_FLAGS, PASSPHRASE_FLAG } from "../passphrase-flags.ts";
import { COMMON_FLAGS, SHOW_FLAGS } from "./flag-sets.ts";

const FILE = { name: "file", summary: "a private key's file", completes: "file" } as const;
const REWRITE_FLAGS: readonly FlagSpec[] = [KEY_FLAG.out, KEY_FLAG.inPlace, FLAG.allowKeyMode];

const KEY_COMMANDS: readonly CommandSpec[] = [
  {
    name: "info",
    summary: "what kind of key a file has, and how it is encrypted",
    operands: [FILE],
    flags: [FLAG.allowKeyMode, ...OPENING_FLAGS, ...SHOW_FLAGS],
    examples: ["samicerts key info root.key"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.key],
    load: async () => (await import("../commands/key.ts")).info,
  },
  {
    name: "check",
    summary: "whether a key is whole, private, and its certificate's",
    operands: [FILE],
    flags: [KEY_FLAG.certificate, FLAG.allowKeyMode, ...OPENING_FLAGS, ...SHOW_FLAGS],
    examples: ["samicerts key check root.key --certificate root.crt"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.key],
    load: async () => (await import("../commands/key.ts")).check,
  },
  {
    name: "encrypt",
    summary: "encrypt a key under a passphrase, or under another one",
    operands: [FILE],
    flags: [
      ...REWRITE_FLAGS,
      ...OPENING_FLAGS,
      PASSPHRASE_FLAG.newFile,
      PASSPHRASE_FLAG.newEnv,
      ...COMMON_FLAGS,
    ],
    examples: [
      "samicerts key encrypt root.key --in-place",
      "samicerts key encrypt root.key --out backup.key --new-passphrase-file passphrase",
    ],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.exists, EXIT.key],
    load: async () => (await import("../commands/key.ts")).encrypt,
  },
  {
    name: "decrypt",
    summary: "write an encrypted key as it is, for programs that can't be given a passphrase",
    operands: [FILE],
    flags: [...REWRITE_FLAGS, ...OPENING_FLAGS, ...COMMON_FLAGS],
    examples: ["samicerts key decrypt root.key --out plain.key --passphrase-file passphrase"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.exists, EXIT.key],
    load: async () => (await import("../commands/key.ts")).decrypt,
  },
];

/** `samicerts key`: private keys' files. */
export const KEY_SPEC: CommandSpec = {
  name: "key",
  summary: "look at a private key, check it, encrypt it, decrypt it",
  operands: [],
  flags: [],
  examples: ["samicerts key info root.key", "samicerts key encrypt root.key --in-place"],
  exitCodes: [],
  commands: KEY_COMMANDS,
};
