import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { shellOperands, shellQuoted } from "../base/shell-quoted.ts";
import type { PassphraseSource } from "../keys/encrypted-key.ts";
import { keyEncrypted } from "../keys/key-error.ts";
import { type Pkcs12, readPkcs12 } from "../keys/pkcs12-read.ts";
import { beginsPkcs12 } from "../x509/der-kind.ts";
import { looksLikePem, readPem } from "../x509/pem.ts";
import { readInput, sourceName } from "./read-input.ts";

export { asInput, STDIN, sourceName } from "./read-input.ts";

/** The largest certificate file or bundle read, in bytes. */
export const MAX_CERTIFICATES: number = 16 * 1024 * 1024;

/** What a file holds, told apart by its first octets and its PEM labels. */
export interface FileContent {
  /** DER, in the order they come. */
  readonly certificates: readonly Uint8Array[];
  /** Whether there is a private key in it. */
  readonly hasKey: boolean;
  /** The key that a PKCS#12 file has, PKCS#8 DER. */
  readonly key?: Uint8Array;
}

/**
 * Reads a file, or standard input, and takes the certificates out of it; `passphrase` opens a PKCS#12 file.
 * Throws `io.*`, `pem.*`, `input.*`, `key.*`.
 */
export function readCertificates(path: string, files: Files, passphrase?: PassphraseSource): FileContent {
  const name = sourceName(path);
  return takeCertificates(readInput(path, files, MAX_CERTIFICATES, "certificates"), name, passphrase);
}

/** Takes the certificates out of a file's octets; `name` is what it is called in messages. Throws `pem.*`, `input.*`. */
export function takeCertificates(
  bytes: Uint8Array,
  name: string,
  passphrase: PassphraseSource = noPassphrase,
): FileContent {
  if (bytes.length === 0) throw noCertificate(name, "it is empty");
  if (looksLikePem(bytes)) return readPemContent(bytes, name);
  if (bytes[0] !== 0x30) throw noCertificate(name, "it is neither PEM nor DER");
  if (!isPkcs12(bytes, name)) return { certificates: [bytes], hasKey: false };
  const { certificates, keys } = openPkcs12(bytes, name, passphrase);
  const [key] = keys;
  return { certificates, hasKey: key !== undefined, ...(key === undefined ? {} : { key }) };
}

/** Reads a PKCS#12 file as `readPkcs12`; of a form that is not read it says how to take the certificates out. */
export function openPkcs12(bytes: Uint8Array, name: string, passphrase: PassphraseSource): Pkcs12 {
  try {
    return readPkcs12(bytes, name, passphrase);
  } catch (error) {
    if (!(error instanceof SamicertsError) || !PKCS12_FORMS.test(error.code)) throw error;
    const takeOut = `take the certificates out with: openssl pkcs12 -legacy -in ${shellQuoted(name)} -nokeys -out certificates.pem`;
    const why = error.message.startsWith(`${name}: `) ? error.message.slice(name.length + 2) : error.message;
    throw new SamicertsError({
      kind: "input",
      code: "input.pkcs12",
      message: `${name} is a PKCS#12 file that is not read here: ${why}`,
      hint: error.code === "key.encryption" ? takeOut : `obtain it again; where openssl reads it, ${takeOut}`,
      cause: error,
    });
  }
}

/** What is damaged, or encrypted in a way that is older still than those that are read. */
const PKCS12_FORMS = /^(?:key\.encryption|key\.malformed|der\..*)$/;

function noPassphrase(file: string): never {
  throw keyEncrypted(file);
}

function readPemContent(bytes: Uint8Array, name: string): FileContent {
  const blocks = readPem(bytes, name);
  const certificates = blocks.filter(({ label }) => label === "CERTIFICATE" || label === "X509 CERTIFICATE");
  const hasKey = blocks.some(({ label }) => label.endsWith("PRIVATE KEY"));
  if (certificates.length > 0 || hasKey) return { certificates: certificates.map(({ der }) => der), hasKey };
  const labels = [...new Set(blocks.map(({ label }) => label))];
  const request = labels.some((label) => label.endsWith("CERTIFICATE REQUEST"));
  const what = request ? "a certificate request" : labels.includes("X509 CRL") ? "a CRL" : undefined;
  if (what !== undefined)
    throw new SamicertsError({
      kind: "input",
      code: request ? "input.request" : "input.crl",
      message: `${name} holds ${what}, not a certificate`,
      hint: `samicerts inspect ${shellOperands(name)} shows it${request ? "" : "; samicerts verify --crl takes it"}`,
    });
  throw noCertificate(name, labels.length === 0 ? "it has no PEM block" : `it holds ${labels.join(", ")}`);
}

/** The error for a file without a certificate; `why` says what is there instead. */
export function noCertificate(name: string, why: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "input.no-certificate",
    message: `${name} holds no certificate: ${why}`,
    hint: "name a file with certificates in PEM or DER",
  });
}

/** A certificate begins with a SEQUENCE; what a file is called is believed too. */
function isPkcs12(bytes: Uint8Array, name: string): boolean {
  return beginsPkcs12(bytes) || /\.(p12|pfx)$/i.test(name);
}
