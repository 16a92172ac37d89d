// What dist/ has besides cli.cjs, for scripts/build.mjs and for the test that every command is in it.

/**
 * The command is in parts, each a file of its own, so that a command loads what it needs and nothing else: a part has the
 * files under src/ that are imported when they are needed, `await import(...)`. What parts have in common each of them
 * has for itself. Every command belongs into one; those that are of one kind share it. `client` is alone: a script calls
 * it once for each device.
 */
export const PARTS = {
  usage: ["src/cli/parse-arguments.ts"],
  policy: ["src/policy/load-policy.ts"],
  tokens: ["src/open-keys.ts"],
  passphrases: ["src/keys/pbes2.ts", "src/keys/pkcs12-read.ts", "src/cli/ask-secret.ts"],
  requests: ["src/x509/read-request.ts", "src/x509/public-key-file.ts"],
  colour: ["src/cli/chalk-paint.ts"],
  client: ["src/cli/commands/client.ts"],
  issue: ["src/cli/commands/root.ts", "src/cli/commands/intermediate.ts", "src/cli/commands/renew.ts"],
  batch: ["src/cli/commands/batch.ts"],
  verify: ["src/cli/commands/verify.ts"],
  revocation: ["src/cli/verify/revocation.ts"],
  records: ["src/cli/commands/list.ts", "src/cli/commands/ledger.ts", "src/cli/commands/audit.ts"],
  show: ["src/cli/commands/inspect.ts", "src/cli/commands/policy.ts", "src/cli/commands/completion.ts"],
  revoke: ["src/cli/commands/revoke.ts", "src/cli/commands/crl.ts"],
  export: ["src/cli/commands/export.ts"],
  ocsp: ["src/cli/commands/ocsp.ts"],
  keys: ["src/cli/commands/csr.ts", "src/cli/commands/key.ts"],
  sandbox: [
    "src/cli/commands/sandbox.ts",
    "src/cli/commands/sandbox-state.ts",
    "src/cli/commands/rehearse.ts",
  ],
};

/**
 * Of these files, which others import as any other, the functions in use: the part that they are in is loaded when one of
 * them is first called. Few commands come to that.
 */
export const ON_CALL = {
  "src/policy/load-policy.ts": ["loadPolicy"],
  "src/open-keys.ts": ["keyOpener", "readTokenUri"],
  "src/keys/pbes2.ts": ["encryptPbes2", "readPbes2"],
  "src/keys/pkcs12-read.ts": ["readPkcs12"],
  "src/cli/ask-secret.ts": ["askSecret"],
  "src/x509/read-request.ts": ["readRequest"],
  "src/x509/public-key-file.ts": ["readPublicKeyFile"],
};

/** What worker threads are started with. */
export const WORKERS = {
  "batch-worker": "src/cli/batch/worker.ts",
  "batch-signer": "src/cli/batch/signing-worker.ts",
  "verify-worker": "src/cli/verify/worker.ts",
};
