import type { Finding } from "../base/finding.ts";
import type { Policy, Role } from "../policy/policy.ts";
import { writePem } from "../x509/pem.ts";
import type { Made } from "./issuance.ts";
import type { NotGranted } from "./not-granted.ts";
import type { KeyProof } from "./record.ts";
import { type CertificateSummary, summarize } from "./summary.ts";

/** Where a certificate and its key lie. */
export interface PairPaths {
  readonly certificate: string;
  /** A file, or the `pkcs11:` URI of a key that is in a token; absent where the device keeps its key to itself. */
  readonly key?: string;
  /** The key in words, where it is in a token: `"root" in the token "vendor"`. */
  readonly keyInToken?: string;
  /** The certificate with those above it but for the root; where a line issued it. */
  readonly chain?: string;
}

/** What has been issued: where it lies, and what it says. */
export interface Issued {
  readonly role: Role;
  readonly paths: PairPaths;
  /** False where the key was there before. */
  readonly keyCreated: boolean;
  /** True where its file was made now and is encrypted. */
  readonly keyEncrypted?: true;
  /** True where it continues an earlier run that was cut off. */
  readonly resumed: boolean;
  /** The policy's name. */
  readonly policy: string;
  readonly certificate: CertificateSummary;
  /** The certificate, PEM. */
  readonly pem: string;
  /** Warnings: an error would have stopped it. */
  readonly findings: readonly Finding[];
  /** Where the key is in a token: whether the certificate is there too, and if not, why. */
  readonly certificateInToken?: { readonly stored: boolean; readonly reason?: string };
  /** Where the device keeps its key to itself: how it is known to be its own, and what was asked for in vain. */
  readonly foreignKey?: { readonly proof: KeyProof; readonly notGranted: readonly NotGranted[] };
}

/** Says what has been issued. */
export function issued(made: Made, role: Role, policy: Policy, paths: PairPaths): Issued {
  const { recorded, keyCreated, keyEncrypted } = made;
  return {
    role,
    paths,
    keyCreated,
    ...(keyEncrypted === undefined ? {} : { keyEncrypted }),
    resumed: recorded.resumed,
    policy: policy.name,
    certificate: summarize(recorded.certificate),
    pem: writePem("CERTIFICATE", recorded.der),
    findings: recorded.findings,
  };
}
