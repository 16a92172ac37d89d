import type { BitString } from "./der-reader.ts";
import type { GeneralName } from "./general-name.ts";
import type { KeyUsage } from "./oids.ts";

/** An extension as written (RFC 5280, 4.2). */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The octets inside extnValue. */
  readonly value: Uint8Array;
}

/** What every extension says beside its value. */
export interface Critical {
  readonly critical: boolean;
}

/** basicConstraints (RFC 5280, 4.2.1.9). */
export interface BasicConstraints extends Critical {
  readonly ca: boolean;
  readonly pathLength?: number;
}

/** keyUsage (RFC 5280, 4.2.1.3). */
export interface KeyUsageExtension extends Critical {
  readonly usages: readonly KeyUsage[];
  /** The bits as written, for rules on their encoding. */
  readonly bits: BitString;
}

/** authorityKeyIdentifier (RFC 5280, 4.2.1.1). */
export interface AuthorityKeyIdentifier extends Critical {
  readonly keyIdentifier?: Uint8Array;
  readonly issuer?: readonly GeneralName[];
  readonly serial?: Uint8Array;
}

/** subjectAltName or issuerAltName (RFC 5280, 4.2.1.6 and 4.2.1.7). */
export interface AlternativeNames extends Critical {
  readonly names: readonly GeneralName[];
}

/** nameConstraints (RFC 5280, 4.2.1.10), without minimum and maximum. */
export interface NameConstraints extends Critical {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** One policy of certificatePolicies, its qualifiers as pairs of OID and DER. */
export interface CertificatePolicy {
  readonly oid: string;
  readonly qualifiers: readonly { readonly oid: string; readonly value: Uint8Array }[];
}

/** One DistributionPoint (RFC 5280, 4.2.1.13). */
export interface DistributionPoint {
  readonly fullName?: readonly GeneralName[];
  readonly nameRelativeToIssuer: boolean;
  readonly reasons?: BitString;
  readonly crlIssuer?: readonly GeneralName[];
}

/** One AccessDescription (RFC 5280, 4.2.2). */
export interface AccessDescription {
  readonly method: string;
  readonly location: GeneralName;
}

/** The extensions we read, each with its criticality. */
export interface KnownExtensions {
  readonly basicConstraints?: BasicConstraints;
  readonly keyUsage?: KeyUsageExtension;
  readonly extKeyUsage?: Critical & { readonly purposes: readonly string[] };
  readonly subjectKeyIdentifier?: Critical & { readonly keyIdentifier: Uint8Array };
  readonly authorityKeyIdentifier?: AuthorityKeyIdentifier;
  readonly subjectAltName?: AlternativeNames;
  readonly issuerAltName?: AlternativeNames;
  readonly nameConstraints?: NameConstraints;
  readonly certificatePolicies?: Critical & { readonly policies: readonly CertificatePolicy[] };
  readonly policyMappings?: Critical & { readonly mappings: readonly (readonly [string, string])[] };
  readonly policyConstraints?: Critical & {
    readonly requireExplicitPolicy?: number;
    readonly inhibitPolicyMapping?: number;
  };
  readonly inhibitAnyPolicy?: Critical & { readonly skipCerts: number };
  readonly crlDistributionPoints?: Critical & { readonly points: readonly DistributionPoint[] };
  readonly freshestCrl?: Critical & { readonly points: readonly DistributionPoint[] };
  readonly authorityInfoAccess?: Critical & { readonly descriptions: readonly AccessDescription[] };
  readonly subjectInfoAccess?: Critical & { readonly descriptions: readonly AccessDescription[] };
}
