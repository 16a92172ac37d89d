import { shellQuoted } from "../base/shell-quoted.ts";
import { readSequence, TAG } from "../x509/der-reader.ts";
import { looksLikePem, readPem } from "../x509/pem.ts";
import { ENCRYPTED_LABEL } from "./encrypted-key.ts";
import { encryptionUnsupported, keyMalformed, keyUnsupported } from "./key-error.ts";

/** How a private key is written. */
export type KeyForm = "pkcs8" | "sec1" | "pkcs1" | "encrypted";

/** The one private key of a file, as it is written there. */
export interface KeyContent {
  readonly form: KeyForm;
  readonly der: Uint8Array;
}

const FORMS: ReadonlyMap<string, KeyForm> = new Map([
  ["PRIVATE KEY", "pkcs8"],
  ["EC PRIVATE KEY", "sec1"],
  ["RSA PRIVATE KEY", "pkcs1"],
  [ENCRYPTED_LABEL, "encrypted"],
]);

/** Finds the one private key in a file, PEM or DER; throws `key.malformed`, `key.unsupported`, `pem.*`, `der.*`. */
export function findKey(bytes: Uint8Array, file: string): KeyContent {
  return looksLikePem(bytes) ? fromPem(bytes, file) : fromDer(bytes, file);
}

function fromPem(bytes: Uint8Array, file: string): KeyContent {
  const blocks = readPem(bytes, file);
  const keys = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY"));
  const [key] = keys;
  if (key === undefined) {
    const others = [...new Set(blocks.map(({ label }) => label))].join(", ");
    throw others === ""
      ? keyMalformed(`${file} holds no private key`)
      : keyMalformed(
          `${file} holds no private key, only ${others}`,
          "name the file that the private key is in",
        );
  }
  if (keys.length > 1) throw keyMalformed(`${file} holds ${keys.length} private keys, not one`);
  if (key.headers?.some(tellsEncryption))
    throw encryptionUnsupported(
      file,
      "it is encrypted in OpenSSL's old way, whose passphrases are guessed too easily",
    );
  const form = FORMS.get(key.label);
  if (form !== undefined) return { form, der: key.der };
  const hint =
    key.label === "OPENSSH PRIVATE KEY"
      ? `rewrite a copy of it: ssh-keygen -p -m PKCS8 -f ${shellQuoted(file)}`
      : undefined;
  throw keyUnsupported(file, `an "${key.label}" is not read here`, hint);
}

/** OpenSSL's old encryption is told by a header within the block (RFC 1421, 4.6.1.1). */
function tellsEncryption(header: string): boolean {
  return /^Proc-Type: *4, *ENCRYPTED/.test(header);
}

/** Tells the structures apart by their first two elements. */
function fromDer(der: Uint8Array, file: string): KeyContent {
  if (der[0] !== TAG.sequence) throw keyMalformed(`${file} is no private key: neither PEM nor DER`);
  const sequence = readSequence(der, `${file}: private key`);
  const first = sequence.peek();
  sequence.element(`${file}: private key`);
  const second = sequence.peek();
  if (first === TAG.integer && second === TAG.sequence) return { form: "pkcs8", der };
  if (first === TAG.integer && second === TAG.octetString) return { form: "sec1", der };
  if (first === TAG.integer && second === TAG.integer) return { form: "pkcs1", der };
  if (first === TAG.sequence && second === TAG.octetString) return { form: "encrypted", der };
  throw keyMalformed(`${file} is DER, but no private key`);
}
