import type { AtHand } from "../../actions/inspect-crl.ts";
import { SamicertsError } from "../../base/errors.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { readCertificateFile } from "../../workspace/read-file.ts";
import { decodeCertificate } from "../../x509/certificate.ts";
import { readPem } from "../../x509/pem.ts";
import { STDIN } from "../read-input.ts";

/** The certificate beside a CRL's file, `root.crt` beside `root.crl` and `root.crl.der`: none where it can't be read. */
export function certificateBeside(path: string): readonly AtHand[] {
  const name = path.replace(/\.crl(?:\.der|\.pem)?$/i, ".crt");
  if (path === STDIN || name === path) return [];
  try {
    return readPem(readCertificateFile(nodeFiles, name), name)
      .filter(({ label }) => label === "CERTIFICATE")
      .map(({ der }) => ({ name, certificate: decodeCertificate(der, name) }));
  } catch (error) {
    if (error instanceof SamicertsError) return [];
    throw error;
  }
}
