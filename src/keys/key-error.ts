import { basename } from "node:path";
import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";

/** The error for bytes that are not the private key they should be: `key.malformed`. */
export function keyMalformed(message: string, hint: string = REPAIR, cause?: unknown): SamicertsError {
  return new SamicertsError({ kind: "key", code: "key.malformed", message, hint, cause });
}

/** The error for a private key whose parts contradict each other: `key.mismatched`. */
export function keyMismatched(file: string, what: string): SamicertsError {
  return new SamicertsError({
    kind: "key",
    code: "key.mismatched",
    message: `${file}: ${what}; the key is damaged and is not used`,
    hint: REPAIR,
  });
}

/** The error for a private key of a kind that is not used here: `key.unsupported`. */
export function keyUnsupported(file: string, what: string, hint: string = KINDS): SamicertsError {
  return new SamicertsError({ kind: "key", code: "key.unsupported", message: `${file}: ${what}`, hint });
}

/** The error for a private key that needs a passphrase where none is to be had: `key.encrypted`. */
export function keyEncrypted(file: string): SamicertsError {
  return new SamicertsError({
    kind: "key",
    code: "key.encrypted",
    message: `${file} is encrypted, and no passphrase was given`,
    hint: "name a file that has it with --passphrase-file, or a variable with --passphrase-env",
  });
}

/** The error for something encrypted in a way that is not read here: `key.encryption`. */
export function encryptionUnsupported(file: string, what: string): SamicertsError {
  return new SamicertsError({
    kind: "key",
    code: "key.encryption",
    message: `${file}: ${what}`,
    hint: `write a copy that is encrypted anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -in ${shellQuoted(file)} -out ${shellQuoted(`new-${basename(file)}`)}`,
  });
}

const REPAIR =
  "restore the key from its backup; it should be one private key, PKCS#8, SEC1 or PKCS#1, PEM or DER";
const KINDS = "use an EC key on P-256, P-384 or P-521, an RSA key of 2048 to 8192 bits, or Ed25519";
