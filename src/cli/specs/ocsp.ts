import type { CommandSpec } from "../command-spec.ts";
import { CRL_FLAG } from "../crl-flags.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { OCSP_FLAG } from "../ocsp-flags.ts";
import { BOTH_FLAGS, OPENING_FLAGS } from "../passphrase-flags.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { COMMON_FLAGS, ISSUE_EXITS } from "./flag-sets.ts";

const OF = [CRL_FLAG.line, CRL_FLAG.oldRoot];

const COMMANDS: readonly CommandSpec[] = [
  {
    name: "responder",
    summary: "make a short-lived certificate for who answers, with a key of its own",
    operands: [],
    flags: [
      FLAG.allowKeyMode,
      FLAG.dir,
      FLAG.ledger,
      FLAG.policy,
      FLAG.key,
      FLAG.days,
      FLAG.validity,
      FLAG.notBefore,
      FLAG.notAfter,
      ...OF,
      TOKEN_FLAG.rootKey,
      TOKEN_FLAG.pkcs11Module,
      ...BOTH_FLAGS,
      ...COMMON_FLAGS,
    ],
    examples: ["samicerts ocsp responder", "samicerts ocsp responder --line line2 --days 7"],
    exitCodes: ISSUE_EXITS,
    load: async () => (await import("../commands/ocsp.ts")).responder,
  },
  {
    name: "serve",
    summary: "answer over HTTP, from the ledger, until it is ended (SIGTERM)",
    operands: [],
    flags: [
      FLAG.allowKeyMode,
      FLAG.dir,
      FLAG.ledger,
      OCSP_FLAG.listen,
      OCSP_FLAG.path,
      OCSP_FLAG.valid,
      ...OF,
      ...OPENING_FLAGS,
      ...COMMON_FLAGS,
    ],
    examples: ["samicerts ocsp serve", "samicerts ocsp serve --listen 0.0.0.0:2560 --path /ocsp --valid 1h"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.key, EXIT.interrupted],
    load: async () => (await import("../commands/ocsp.ts")).serve,
  },
  {
    name: "sign",
    summary: "sign answers before anybody asks, into a directory",
    operands: [
      {
        name: "certificate",
        summary: "serials or certificates' files (default: all that were issued and have not expired)",
        optional: true,
        repeatable: true,
        completes: "file",
      },
    ],
    flags: [
      FLAG.allowKeyMode,
      FLAG.dir,
      FLAG.ledger,
      OCSP_FLAG.out,
      OCSP_FLAG.valid,
      OCSP_FLAG.hash,
      ...OF,
      ...OPENING_FLAGS,
      ...COMMON_FLAGS,
    ],
    examples: ["samicerts ocsp sign", "samicerts ocsp sign 100000001 --out staples --valid 2d"],
    exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.exists, EXIT.key],
    load: async () => (await import("../commands/ocsp.ts")).sign,
  },
];

/** `samicerts ocsp`: answers about single certificates. */
export const OCSP_SPEC: CommandSpec = {
  name: "ocsp",
  summary: "answer OCSP from the ledger, or sign answers beforehand",
  operands: [],
  flags: [],
  examples: [
    "samicerts ocsp responder",
    "samicerts ocsp serve --listen 127.0.0.1:2560",
    "samicerts ocsp sign",
  ],
  exitCodes: [],
  commands: COMMANDS,
};
