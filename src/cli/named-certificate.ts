import type { NamedCertificate } from "../actions/find-certificate.ts";
import { SamicertsError } from "../base/errors.ts";
import { nodeFiles } from "../workspace/node-files.ts";
import { decodeCertificate } from "../x509/certificate.ts";
import { parseSerial } from "../x509/serial.ts";
import { asInput, noCertificate, readCertificates, sourceName } from "./sources.ts";

/** Reads what names a certificate: a serial, or a file whose first certificate is meant; throws `serial.*`, `input.*`, `io.*`. */
export function readNamedCertificate(text: string): NamedCertificate {
  if (/^(?:[0-9]+|0x[0-9a-f]+)$/i.test(text)) return { serial: parseSerial(text) };
  const file = sourceName(text);
  try {
    const [der] = readCertificates(text, nodeFiles).certificates;
    if (der === undefined) throw noCertificate(file, "it is a private key");
    return { file, certificate: decodeCertificate(der, file) };
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    if (error.code !== "io.missing") throw asInput(error);
    throw new SamicertsError({
      kind: "input",
      code: "input.missing",
      message: `${JSON.stringify(text)} is neither a serial nor a file that is there`,
      hint: "give the serial in digits, or hexadecimal with 0x; or a certificate's file",
      cause: error,
    });
  }
}
