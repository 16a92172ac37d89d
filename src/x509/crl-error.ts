import { SamicertsError } from "../base/errors.ts";

/** The error for what is DER, but no CRL of RFC 5280. */
export function crlError(problem: string, what: string, message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: `crl.${problem}`,
    message: `${what}: ${message}`,
    hint: "the CRL is malformed; obtain it again, or have its issuer make it anew",
  });
}
