import { SamicertsError } from "../base/errors.ts";
import { takeForeignKey } from "./foreign-key.ts";
import { looksLikePem, readPem } from "./pem.ts";
import { type CertificateRequest, checkProof, decodeRequest } from "./request.ts";

/** What PEM calls a request (RFC 7468, 7); the longer one is of old programs. */
const LABELS: readonly string[] = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/**
 * Reads a file with exactly one request, PEM or DER, checks its key and its proof of possession; `file` names it in
 * errors. With `isProven` its proof was checked before. Its key is given in its one form. Throws `request.*`, `pem.*`, `der.*`, all of kind `input`; and `key.unsafe`,
 * `key.unsupported` (kind `refused`).
 */
export function readRequest(bytes: Uint8Array, file: string, isProven = false): CertificateRequest {
  const request = decodeRequest(requestDer(bytes, file), file);
  const publicKey = takeForeignKey(request.publicKey, file);
  if (!isProven) checkProof(request, file);
  return { ...request, publicKey };
}

function requestDer(bytes: Uint8Array, file: string): Uint8Array {
  if (!looksLikePem(bytes)) {
    if (bytes[0] === 0x30) return bytes;
    throw noRequest(bytes.length === 0 ? `${file} is empty` : `${file} is neither PEM nor DER`);
  }
  const blocks = readPem(bytes, file);
  const requests = blocks.filter(({ label }) => LABELS.includes(label));
  const [request, second] = requests;
  if (request === undefined) {
    const others = [...new Set(blocks.map(({ label }) => label))].join(", ");
    throw noRequest(`${file} holds no certificate request, only ${others}`);
  }
  if (second !== undefined) throw noRequest(`${file} holds ${requests.length} certificate requests, not one`);
  return request.der;
}

function noRequest(message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "request.missing",
    message,
    hint: "give one PKCS#10 request, PEM or DER, such as openssl req -new or samicerts csr makes",
  });
}
