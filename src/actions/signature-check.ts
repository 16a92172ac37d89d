import { createVerifier } from "../x509/signature.ts";
import type { Approved } from "./certify.ts";
import type { DeviceApprover } from "./issue-device.ts";
import { pathInvalid } from "./record.ts";

/** So many signatures are checked as one of them. */
const CHECKED_OF = 64;

/**
 * Checks signatures under the issuer's certificate, by which the world will check them. With RSA every one: that costs a
 * fortieth of signing. On a curve to check is twice the price of signing, and a batch would take half as long again; so
 * there it is the first of every job, and others that nobody can foretell, and all of them with `--check-all`. Why that
 * is enough: the path above a device, names, times and extensions are judged for each one before it is signed. What is
 * left is the signature, all of a job's made by one KeyObject, or in one session of a token, and one implementation: a
 * wrong key, a wrong algorithm or a broken one makes all of them wrong and is found in the first. A single one spoiled by
 * failing memory can do no harm but that its device is refused, and `samicerts verify --manifest` finds it before it is
 * shipped.
 */
export function signatureCheck(
  { issuer }: DeviceApprover,
  all: boolean,
): (approved: Approved, signature: Uint8Array, first: boolean) => void {
  const verifier = createVerifier(issuer.certificate.publicKey);
  return ({ tbs, algorithm, certificate }, signature, first) => {
    // The signature's own last octets are as good as random.
    if (!all && !first && (signature.at(-1) ?? 0) % CHECKED_OF !== 0) return;
    const verdict = verifier.verify(tbs, algorithm, signature);
    if (verdict.ok) return;
    throw pathInvalid([
      {
        rule: "path.signature",
        severity: "error",
        subject: `serial 0x${Buffer.from(certificate.serial).toString("hex")}`,
        message: `a signature that was just made does not hold: ${verdict.reason}`,
        expected: "a signature by the issuer's key",
        actual: verdict.reason,
        citation: "RFC 5280, 6.1.3",
        hint: "nothing of this chunk was written; check the machine's memory, and that the key is the issuer's",
      },
    ]);
  };
}
