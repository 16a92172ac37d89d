import { SamicertsError } from "../base/errors.ts";
import type { Finding } from "../base/finding.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import type { Certificate } from "../x509/certificate.ts";
import { formatName } from "../x509/name-format.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { sameKey } from "../x509/same-key.ts";

/** A key that should belong to the first certificate of a source. */
export interface KeyBeside {
  readonly name: string;
  readonly publicKey: PublicKey;
  /** Set where the key can be read by others than its owner. */
  readonly warning?: string;
}

/** Whether the key belongs, null where there is none, and what is to be said of it. */
export interface KeyJudgement {
  readonly matches: boolean | null;
  readonly findings: readonly Finding[];
}

/** There is no key to be judged. */
export const NO_KEY: KeyJudgement = { matches: null, findings: [] };

/** Judges whether a key belongs to a certificate; `open` throws `key.*` where it can't be read, which is a finding. */
export function judgeKey(open: (() => KeyBeside) | undefined, certificate: Certificate): KeyJudgement {
  if (open === undefined) return NO_KEY;
  const subject = (): string => formatName(certificate.subject);
  try {
    const key = open();
    const matches = sameKey(key.publicKey, certificate.publicKey);
    const findings: Finding[] = [];
    if (!matches)
      findings.push({
        rule: "key.match",
        severity: "error",
        subject: subject(),
        message: `the key in ${key.name} does not belong to the certificate`,
        expected: `the private key of the certificate's ${certificate.publicKey.label} key`,
        actual: `another ${key.publicKey.label} key`,
        citation: "RFC 5280, 4.1.2.7",
        hint: "find the key this certificate was made with, or issue the device anew under another serial",
      });
    if (key.warning !== undefined)
      findings.push({
        rule: "key.permissions",
        severity: "warning",
        subject: subject(),
        message: key.warning,
        expected: "mode 0600: only its owner reads a private key",
        actual: `${key.name} can be read by others`,
        citation: "CLI contract, the vendor's directory",
        hint: `chmod 600 ${shellQuoted(key.name)}`,
      });
    return { matches, findings };
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    const finding: Finding = {
      rule: "key.unreadable",
      severity: "error",
      subject: subject(),
      message: error.message,
      expected: "a private key that can be read and belongs to the certificate",
      actual: error.code,
      citation: "RFC 5958, RFC 5915, RFC 8017",
      hint: error.hint,
    };
    return { matches: false, findings: [finding] };
  }
}
