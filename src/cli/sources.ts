import { readSync } from "node:fs";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { fileError } from "../workspace/file-error.ts";
import { readBounded } from "../workspace/read-file.ts";
import { looksLikePem, readPem } from "../x509/pem.ts";
import { pause } from "./host.ts";

/** The largest certificate file or bundle read, in bytes. */
export const MAX_CERTIFICATES: number = 16 * 1024 * 1024;

/** The operand that stands for standard input. */
export const STDIN = "-";

/** What a file holds, told apart by its first octets and its PEM labels. */
export interface FileContent {
  /** DER, in the order they come. */
  readonly certificates: readonly Uint8Array[];
  /** Whether there is a private key in it. */
  readonly hasKey: boolean;
}

/** Reads a file, or standard input, and takes the certificates out of it; throws `io.*`, `pem.*`, `input.*`. */
export function readCertificates(path: string, files: Files): FileContent {
  const name = sourceName(path);
  const bytes =
    path === STDIN ? readStdin(MAX_CERTIFICATES) : readBounded(files, path, MAX_CERTIFICATES, "certificates");
  return takeCertificates(bytes, name);
}

/** Takes the certificates out of a file's octets; `name` is what it is called in messages. Throws `pem.*`, `input.*`. */
export function takeCertificates(bytes: Uint8Array, name: string): FileContent {
  if (bytes.length === 0) throw noCertificate(name, "it is empty");
  if (looksLikePem(bytes)) return readPemContent(bytes, name);
  if (bytes[0] !== 0x30) throw noCertificate(name, "it is neither PEM nor DER");
  if (isPkcs12(bytes, name))
    throw new SamicertsError({
      kind: "input",
      code: "input.pkcs12",
      message: `${name} is a PKCS#12 file, which samicerts can't read yet`,
      hint: `take the certificates out with: openssl pkcs12 -in ${name} -nokeys -out certificates.pem`,
    });
  return { certificates: [bytes], hasKey: false };
}

/** What a source is called in messages. */
export function sourceName(path: string): string {
  return path === STDIN ? "standard input" : path;
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
      message: `${name} holds ${what}, which samicerts can't read yet`,
      hint: `until then: openssl ${request ? "req" : "crl"} -noout -text -in ${name}`,
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

/** PFX begins with version 3 (RFC 7292, 4), where a certificate begins with a SEQUENCE. */
function isPkcs12(bytes: Uint8Array, name: string): boolean {
  const length = bytes[1] ?? 0;
  const content = length < 0x80 ? 2 : 2 + (length & 0x7f);
  const version = bytes[content] === 2 && bytes[content + 1] === 1 && bytes[content + 2] === 3;
  return version || /\.(p12|pfx)$/i.test(name);
}

/** The same error as one of invalid input: a certificate that can't be read ends in exit code 2, whatever the reason. */
export function asInput(error: SamicertsError): SamicertsError {
  const { code, message, hint } = error;
  return error.kind === "io"
    ? new SamicertsError({ kind: "input", code, message, hint, cause: error })
    : error;
}

const CHUNK = 64 * 1024;

/** Reads standard input to its end; throws `input.too-large`, `io.failed`. */
function readStdin(maxBytes: number): Uint8Array {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let count: number;
    try {
      count = readSync(0, chunk, 0, CHUNK, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") break;
      if (code !== "EAGAIN") throw asInput(fileError(error, "read", sourceName(STDIN)));
      pause();
      continue;
    }
    if (count === 0) break;
    length += count;
    if (length > maxBytes)
      throw new SamicertsError({
        kind: "input",
        code: "input.too-large",
        message: `standard input is longer than the ${maxBytes} bytes that certificates may have`,
        hint: "give the files' names instead, in smaller pieces",
      });
    chunks.push(chunk.subarray(0, count));
  }
  return Buffer.concat(chunks, length);
}
