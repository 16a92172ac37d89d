import type { Severity } from "../base/finding.ts";

/** What a certificate is in its chain; `intermediate` is a factory line's own CA. */
export type Role = "root" | "intermediate" | "device";

/** The roles, from the trust anchor down. */
export const ROLES: readonly Role[] = ["root", "intermediate", "device"];

/** Parameters of one rule for one role, as its own schema describes them. */
export type RuleParameters = Readonly<Record<string, unknown>>;

/** How a policy uses one rule. */
export interface RuleUse {
  readonly severity: Severity | "off";
  /** The key in `sources` that makes the demand; the rule's own citation where absent. */
  readonly source?: string;
  /** Why this limit, where the policy's author chose it. */
  readonly note?: string;
  /** Parameters for every role that has none of its own. */
  readonly parameters?: RuleParameters;
  /** Parameters and severity of single roles; `off` where the rule does not concern the role. */
  readonly roles?: Readonly<Partial<Record<Role, RoleUse | "off">>>;
}

/** How a policy uses a rule for one role. */
export interface RoleUse {
  readonly severity?: Severity | "off";
  readonly parameters?: RuleParameters;
}

/** What a policy makes, unless the command says otherwise: one role's defaults. */
export interface IssueDefaults {
  /** `ec:P-256`, as `--key` writes it. */
  readonly key: string;
  /** Whether the file of a private key must be encrypted. */
  readonly encryptedKey?: boolean;
  /** The hash of RSA signatures; EC signatures use the curve's own. */
  readonly hash: "sha256" | "sha384" | "sha512";
  /** Days of validity; absent with `noExpiry`. */
  readonly validityDays?: number;
  /** notAfter is 9999-12-31T23:59:59Z. */
  readonly noExpiry?: boolean;
  /** How far notBefore is set back, for clocks that run behind. */
  readonly backdateSeconds: number;
  /** Octets of a random serial where none is given. */
  readonly serialOctets: number;
  /** Attribute types taken over from the issuer's subject, by short name, where it has them. */
  readonly inheritSubject?: readonly string[];
  /** Where the name given to the device goes, and the serial: attribute short name or OID -> template (`{name}`, `{serial}`, `{serialHex}`). */
  readonly subject?: Readonly<Record<string, string>>;
  readonly basicConstraints?: {
    readonly critical: boolean;
    readonly ca: boolean;
    readonly pathLength?: number;
  };
  readonly keyUsage?: readonly string[];
  /** Added where the key is RSA. */
  readonly keyUsageRsa?: readonly string[];
  /** Purposes by name (`clientAuth`) or OID. */
  readonly extKeyUsage?: readonly string[];
  /**
   * Addresses of the issuer's CRL, of who answers OCSP for it, and of its certificate; in each `{issuerKeyId}` stands for
   * the issuer's key identifier in lower-case hex, so that the root and every line can have their own.
   */
  readonly crlUrls?: readonly string[];
  readonly ocspUrls?: readonly string[];
  readonly caIssuerUrls?: readonly string[];
  /** Whether a certificate may be made for whoever answers OCSP in this authority's stead; it may where absent. */
  readonly ocspResponder?: boolean;
  /** Adds ocsp-nocheck: nobody need ask whether this certificate was revoked (RFC 6960, 4.2.2.2.1). */
  readonly ocspNoCheck?: boolean;
  /** The CRLs that a certificate authority of this role publishes. */
  readonly crl?: CrlDefaults;
  readonly subjectKeyIdentifier?: boolean;
  readonly authorityKeyIdentifier?: boolean;
}

/** How CRLs are made, unless the command says otherwise. */
export interface CrlDefaults {
  /** Days from a CRL to the latest moment of the next; 30 where absent. */
  readonly validityDays?: number;
  /** Whether certificates stay on the CRL that have expired, which it then says (expiredCertsOnCRL); by default not. */
  readonly keepExpired?: boolean;
}

/** A platform's demands as data: what to make, what to judge, and who says so. */
export interface Policy {
  /** Lower case, digits, hyphens. */
  readonly name: string;
  readonly title: string;
  /** The policies it builds on, the later ones over the earlier. */
  readonly extends: readonly string[];
  /** Documents that make the demands: key -> citation. */
  readonly sources: Readonly<Record<string, string>>;
  readonly issue: Readonly<Partial<Record<Role, IssueDefaults>>>;
  readonly rules: Readonly<Record<string, RuleUse>>;
}
