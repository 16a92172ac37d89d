/** What a shell offers where a value is to be typed: paths, or one of these words. */
export type Completes = "file" | "directory" | "policy" | readonly string[];

/** One flag of the command line. */
export interface FlagSpec {
  readonly name: string;
  /** What its value is called in help; absent for a switch. */
  readonly value?: string;
  /** The heading it stands under in help. */
  readonly group: string;
  readonly summary: string;
  /** Given more than once, all values count. */
  readonly repeatable?: true;
  /** The variable that stands in where the flag is not given. */
  readonly environment?: string;
  readonly completes?: Completes;
}

const FILES = "Files:";
const MAKE = "What to make:";
const JUDGE = "How to judge:";
const OUTPUT = "Output:";

/** The heading in help that `--help` itself stands under. */
export const HELP_GROUP: string = OUTPUT;

/** The kinds of key that `--key` offers; the policy may allow fewer, or other RSA sizes. */
export const KEY_KINDS: readonly string[] = [
  "ec:P-256",
  "ec:P-384",
  "ec:P-521",
  "rsa:2048",
  "rsa:3072",
  "rsa:4096",
  "ed25519",
];

/** What `--format` offers. */
export const FORMATS: readonly string[] = ["human", "json", "junit", "sarif"];

type FlagKey =
  | "dir"
  | "ledger"
  | "newLedger"
  | "policy"
  | "key"
  | "attribute"
  | "days"
  | "validity"
  | "notBefore"
  | "notAfter"
  | "force"
  | "allowKeyMode"
  | "judgePolicy"
  | "root"
  | "untrusted"
  | "at"
  | "purpose"
  | "matchKey"
  | "as"
  | "failOn"
  | "format"
  | "json"
  | "verbose"
  | "quiet"
  | "noColor"
  | "noInput";

/** Every flag there is; a command names those that it takes. */
export const FLAG: Readonly<Record<FlagKey, FlagSpec>> = {
  dir: {
    name: "dir",
    value: "dir",
    group: FILES,
    summary: "the vendor's directory (default: the current one)",
    environment: "SAMICERTS_DIR",
    completes: "directory",
  },
  ledger: {
    name: "ledger",
    value: "file",
    group: FILES,
    summary: "the ledger (default: samicerts.db in the vendor's directory)",
    environment: "SAMICERTS_LEDGER",
    completes: "file",
  },
  newLedger: {
    name: "new-ledger",
    group: FILES,
    summary: "begin a ledger for a root that is there without one",
  },
  policy: {
    name: "policy",
    value: "name|file",
    group: MAKE,
    summary: "the rules to follow (default: policy.json, else sami)",
    completes: "policy",
  },
  key: {
    name: "key",
    value: "kind",
    group: MAKE,
    summary: "ec:P-256, ec:P-384, ec:P-521, rsa:2048, rsa:3072, rsa:4096, ed25519",
    completes: KEY_KINDS,
  },
  attribute: {
    name: "attribute",
    value: "type=value",
    group: MAKE,
    summary: "a further attribute of the device's name, as in matterPid=8000",
    repeatable: true,
    completes: [],
  },
  days: { name: "days", value: "n", group: MAKE, summary: "days of validity", completes: [] },
  validity: { name: "validity", value: "span", group: MAKE, summary: "10y, 90d or 2160h", completes: [] },
  notBefore: {
    name: "not-before",
    value: "time",
    group: MAKE,
    summary: "first moment of validity, RFC 3339",
    completes: [],
  },
  notAfter: {
    name: "not-after",
    value: "time",
    group: MAKE,
    summary: "last moment of validity, RFC 3339",
    completes: [],
  },
  force: { name: "force", group: FILES, summary: "replace a certificate that is there" },
  allowKeyMode: {
    name: "allow-key-mode",
    group: FILES,
    summary: "accept a key file that others may read",
  },
  judgePolicy: {
    name: "policy",
    value: "name|file",
    group: JUDGE,
    summary: "the rules; none: the path alone (default: policy.json, else sami)",
    completes: "policy",
  },
  root: {
    name: "root",
    value: "file",
    group: JUDGE,
    summary: "a trust anchor, repeatable (default: root.crt in --dir)",
    repeatable: true,
    completes: "file",
  },
  untrusted: {
    name: "untrusted",
    value: "file",
    group: JUDGE,
    summary: "further certificates for the path, repeatable",
    repeatable: true,
    completes: "file",
  },
  at: {
    name: "at",
    value: "time",
    group: JUDGE,
    summary: "the moment of judgement, RFC 3339 (default: now)",
    completes: [],
  },
  purpose: {
    name: "purpose",
    value: "purpose",
    group: JUDGE,
    summary: "what every extKeyUsage of the path must allow: clientAuth, serverAuth, or an OID",
    completes: ["clientAuth", "serverAuth"],
  },
  matchKey: {
    name: "key",
    value: "file",
    group: JUDGE,
    summary: "the private key that must belong to the certificate",
    completes: "file",
  },
  as: {
    name: "as",
    value: "role",
    group: JUDGE,
    summary: "root, intermediate or device (default: a trust anchor is a root, everything else a device)",
    completes: ["root", "intermediate", "device"],
  },
  failOn: {
    name: "fail-on",
    value: "severity",
    group: JUDGE,
    summary: "error (default) or warning",
    completes: ["error", "warning"],
  },
  format: {
    name: "format",
    value: "format",
    group: OUTPUT,
    summary: "human (default), json, junit or sarif",
    completes: FORMATS,
  },
  json: { name: "json", group: OUTPUT, summary: "print one JSON document" },
  verbose: { name: "verbose", group: OUTPUT, summary: "list every certificate, however many" },
  quiet: { name: "quiet", group: OUTPUT, summary: "print nothing but what is wrong" },
  noColor: { name: "no-color", group: OUTPUT, summary: "no colours", environment: "NO_COLOR" },
  noInput: { name: "no-input", group: OUTPUT, summary: "never ask, fail instead" },
};
