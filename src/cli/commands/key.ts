import { decodeSingle } from "../../actions/open-issuer.ts";
import { sha256Hex } from "../../actions/summary.ts";
import { SamicertsError } from "../../base/errors.ts";
import { keyText } from "../../keys/encrypted-key.ts";
import { requireKeyFile } from "../../keys/key-address.ts";
import { keyMismatched } from "../../keys/key-error.ts";
import { readKeyFacts, readPkcs8Der, readPrivateKey } from "../../keys/read-key.ts";
import { SYSTEM_RANDOM } from "../../open-deps.ts";
import { type KeyReport, keyInfoText, keyJson, rewrittenText } from "../../report/key.ts";
import { replaceKey, writeKey } from "../../workspace/durable-write.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { readCertificateFile, readPrivateKeyFile } from "../../workspace/read-file.ts";
import { sameKey } from "../../x509/same-key.ts";
import type { Call, CommandModule, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { KEY_FLAG } from "../key-flags.ts";
import { askTwice, hasPassphrase, newPassphrase, openingPassphrase } from "../passphrase.ts";
import { usageError } from "../usage.ts";

/** `key info`: opens an encrypted key only where a passphrase is named. */
export const info: CommandModule = {
  run(call) {
    const { flags, host, paint } = call;
    const { file, bytes, notes } = readFile(call);
    const report = describe(file, bytes);
    const opened =
      report.encryption === undefined || hasPassphrase(flags)
        ? { ...report, ...publicPart(call, bytes, file) }
        : report;
    if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: keyJson("info", opened), notes };
    return { exitCode: EXIT.done, out: keyInfoText(opened, paint, host.stdout.columns), notes };
  },
};

/** `key check`. */
export const check: CommandModule = {
  run(call) {
    const { flags, host, paint } = call;
    const { file, bytes, notes } = readFile(call);
    const path = flags.text(KEY_FLAG.certificate);
    const signer = readPrivateKey(bytes, file, openingPassphrase(flags, host));
    if (path !== undefined) {
      const certificate = decodeSingle(readCertificateFile(nodeFiles, path), path);
      if (!sameKey(signer.publicKey, certificate.publicKey))
        throw new SamicertsError({
          kind: "key",
          code: "key.mismatched",
          message: `${file} is not the key of ${path}`,
          hint: "find the key that this certificate was made with",
        });
    }
    const report: KeyReport = {
      ...describe(file, bytes),
      key: signer.publicKey.label,
      spkiSha256: sha256Hex(signer.publicKey.der),
      ...(path === undefined ? {} : { certificate: path }),
    };
    if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: keyJson("check", report), notes };
    return { exitCode: EXIT.done, out: keyInfoText(report, paint, host.stdout.columns), notes };
  },
};

/** `key encrypt`. */
export const encrypt: CommandModule = {
  run(call) {
    const { flags, host } = call;
    const target = targetOf(call);
    const { file, bytes, notes } = readFile(call);
    const sealed = readKeyFacts(bytes, file).scheme !== undefined;
    const pkcs8 = readPkcs8Der(bytes, file, openingPassphrase(flags, host));
    // A plain key has no passphrase yet: one that is named is the new one.
    const passphrase =
      newPassphrase(flags, host, "new") ??
      (sealed ? undefined : newPassphrase(flags, host, "make")) ??
      askTwice(flags, "new");
    return rewrite(call, { file, target, pkcs8, passphrase, notes });
  },
};

/** `key decrypt`. */
export const decrypt: CommandModule = {
  run(call) {
    const { flags, host } = call;
    const target = targetOf(call);
    const { file, bytes, notes } = readFile(call);
    if (readKeyFacts(bytes, file).scheme === undefined)
      throw new SamicertsError({
        kind: "key",
        code: "key.not-encrypted",
        message: `${file} is not encrypted`,
        hint: "it can be used as it is",
      });
    const pkcs8 = readPkcs8Der(bytes, file, openingPassphrase(flags, host));
    return rewrite(call, { file, target, pkcs8, passphrase: undefined, notes });
  },
};

interface Rewriting {
  readonly file: string;
  /** Undefined for the file itself. */
  readonly target: string | undefined;
  readonly pkcs8: Uint8Array;
  readonly passphrase: Uint8Array | undefined;
  readonly notes: readonly string[];
}

/** Writes the key in its new form, after reading it back as the next command will. */
function rewrite(
  { flags, paint, host }: Call,
  { file, target, pkcs8, passphrase, notes }: Rewriting,
): Outcome {
  const out = target ?? file;
  const bytes = Buffer.from(keyText(pkcs8, passphrase, SYSTEM_RANDOM));
  const back = readPkcs8Der(bytes, out, () => passphrase ?? new Uint8Array(0));
  if (Buffer.compare(back, pkcs8) !== 0) throw keyMismatched(out, "the key read back is not the one written");
  const deps = { files: nodeFiles, random: SYSTEM_RANDOM };
  if (target === undefined) replaceKey(deps, file, bytes);
  else writeKey(deps, target, bytes);
  const report = describe(out, bytes);
  pkcs8.fill(0);
  bytes.fill(0);
  const what = passphrase === undefined ? "decrypt" : "encrypt";
  if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: keyJson(what, report), notes };
  const text = rewrittenText(report, target === undefined, paint, host.stdout.columns);
  return { exitCode: EXIT.done, out: flags.on(FLAG.quiet) ? "" : text, notes };
}

/** Where the new form goes; throws `usage.conflict`, `usage.target`. */
function targetOf({ flags, operands }: Call): string | undefined {
  const out = flags.text(KEY_FLAG.out);
  const inPlace = flags.on(KEY_FLAG.inPlace);
  if (out === "-")
    throw usageError(
      "target",
      "a key is not written to standard output, where it could end in a log",
      "name a new file with --out; ./- for one that is called -",
    );
  if (out !== undefined && inPlace)
    throw usageError("conflict", "--out and --in-place can't be given together", "keep one of them");
  if (out === undefined && !inPlace)
    throw usageError(
      "target",
      "it is not said where the key goes",
      `name a new file with --out, or let it take the place of ${operands[0]} with --in-place`,
    );
  return out;
}

function readFile({ flags, operands, notePaint }: Call) {
  const [file = ""] = operands;
  requireKeyFile(file);
  const allowMode = flags.on(FLAG.allowKeyMode);
  const { bytes, warning } = readPrivateKeyFile(nodeFiles, file, { allowMode });
  return { file, bytes, notes: warning === undefined ? [] : [`${notePaint.warn("warning:")} ${warning}`] };
}

function describe(file: string, bytes: Uint8Array): KeyReport {
  const { form, scheme } = readKeyFacts(bytes, file);
  if (scheme === undefined) return { file, form };
  const { cipher, derivation, iterations } = scheme;
  return {
    file,
    form,
    encryption: { cipher, derivation, ...(iterations === undefined ? {} : { iterations }) },
  };
}

function publicPart({ flags, host }: Call, bytes: Uint8Array, file: string) {
  const { publicKey } = readPrivateKey(bytes, file, openingPassphrase(flags, host));
  return { key: publicKey.label, spkiSha256: sha256Hex(publicKey.der) };
}
