import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { BOTH_FLAGS, OPENING_FLAGS } from "../passphrase-flags.ts";
import { RENEW_FLAG } from "../renew-flags.ts";
import { REQUEST_FLAG } from "../request-flags.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { COMMON_FLAGS, ISSUE_EXITS } from "./flag-sets.ts";

const CERTIFICATE = {
  name: "certificate",
  summary: "the serial, decimal or with 0x, or the certificate's file",
  completes: "file",
} as const;

const ISSUE = [
  FLAG.allowKeyMode,
  FLAG.dir,
  FLAG.ledger,
  FLAG.policy,
  FLAG.days,
  FLAG.validity,
  FLAG.notBefore,
  FLAG.notAfter,
];
const RENEW = [
  RENEW_FLAG.serial,
  RENEW_FLAG.revoke,
  RENEW_FLAG.line,
  TOKEN_FLAG.rootKey,
  TOKEN_FLAG.pkcs11Module,
];

/** `samicerts renew`. */
export const RENEW_SPEC: CommandSpec = {
  name: "renew",
  summary: "make a device a new certificate for the key that it has",
  operands: [CERTIFICATE],
  flags: [...ISSUE, ...RENEW, ...OPENING_FLAGS, ...COMMON_FLAGS],
  examples: [
    "samicerts renew 100000001",
    "samicerts renew devices/100000001.crt --serial 100000101 --validity 5y --revoke",
  ],
  exitCodes: ISSUE_EXITS,
  load: async () => (await import("../commands/renew.ts")).renew,
};

/** `samicerts rekey`. */
export const REKEY_SPEC: CommandSpec = {
  name: "rekey",
  summary: "make a device a new key and a certificate for it",
  operands: [CERTIFICATE],
  flags: [
    ...ISSUE,
    FLAG.key,
    REQUEST_FLAG.csr,
    REQUEST_FLAG.publicKey,
    REQUEST_FLAG.noProof,
    ...RENEW,
    ...BOTH_FLAGS,
    ...COMMON_FLAGS,
  ],
  examples: ["samicerts rekey 100000001 --revoke", "samicerts rekey 100000002 --csr new.csr"],
  exitCodes: ISSUE_EXITS,
  load: async () => (await import("../commands/renew.ts")).rekey,
};

/** `samicerts needs-renewal`. */
export const NEEDS_RENEWAL_SPEC: CommandSpec = {
  name: "needs-renewal",
  summary: "tell by the exit code whether a certificate is to be renewed: 0 yes, 1 not yet",
  operands: [CERTIFICATE],
  flags: [FLAG.dir, FLAG.ledger, RENEW_FLAG.within, RENEW_FLAG.line, ...COMMON_FLAGS],
  examples: [
    "samicerts needs-renewal 100000001 --within 30d && samicerts renew 100000001",
    "samicerts needs-renewal devices/100000001.crt --quiet || echo not yet",
  ],
  exitCodes: [EXIT.done, EXIT.notCompliant, EXIT.input, EXIT.io],
  exitMeanings: new Map([
    [EXIT.done, "it is to be renewed"],
    [EXIT.notCompliant, "not yet, or never: it was renewed, or revoked"],
  ]),
  load: async () => (await import("../commands/renew.ts")).needsRenewal,
};
