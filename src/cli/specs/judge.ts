import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { READING_FLAGS } from "../passphrase-flags.ts";
import { VERIFY_FLAG } from "../verify-flags.ts";
import { COMMON_FLAGS, SHOW_FLAGS } from "./flag-sets.ts";

/** `samicerts verify`. */
export const VERIFY_SPEC: CommandSpec = {
  name: "verify",
  summary: "tell whether certificates are compliant: files, directories, archives",
  operands: [
    {
      name: "path",
      summary: "a file, a directory, a batch's archive, or - for stdin (default: devices in --dir)",
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
    VERIFY_FLAG.crl,
    FLAG.ledger,
    VERIFY_FLAG.noLedger,
    VERIFY_FLAG.manifest,
    VERIFY_FLAG.jobs,
    ...READING_FLAGS,
    FLAG.format,
    FLAG.verbose,
    ...COMMON_FLAGS,
  ],
  examples: [
    "samicerts verify devices/100000001.crt",
    "samicerts verify --policy aws-iot --format junit > samicerts.xml",
    "samicerts verify chain.pem --root root.crt --policy none",
    "samicerts verify devices/100000001.crt --crl root.crl",
    "samicerts verify --manifest line7.tar.manifest.ndjson",
  ],
  exitCodes: [EXIT.done, EXIT.notCompliant, EXIT.input, EXIT.io, EXIT.key],
  load: async () => await import("../commands/verify.ts"),
};

/** `samicerts inspect`. */
export const INSPECT_SPEC: CommandSpec = {
  name: "inspect",
  summary: "show a certificate, request, CRL, OCSP response, key or the like in words",
  operands: [{ name: "file", summary: "a file, or - for stdin", completes: "file" }],
  flags: [FLAG.dir, FLAG.allowKeyMode, FLAG.judgePolicy, ...READING_FLAGS, ...SHOW_FLAGS],
  examples: [
    "samicerts inspect devices/100000001.crt",
    "samicerts inspect root.crl",
    "samicerts inspect - --json < root.crt",
  ],
  exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.key],
  load: async () => await import("../commands/inspect.ts"),
};
