/** Extensions' OIDs by the names RFC 5280 gives them. */
export const EXTENSION_OID = {
  subjectDirectoryAttributes: "2.5.29.9",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  issuerAltName: "2.5.29.18",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  crlDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  policyMappings: "2.5.29.33",
  authorityKeyIdentifier: "2.5.29.35",
  policyConstraints: "2.5.29.36",
  extKeyUsage: "2.5.29.37",
  freshestCrl: "2.5.29.46",
  inhibitAnyPolicy: "2.5.29.54",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
  subjectInfoAccess: "1.3.6.1.5.5.7.1.11",
} as const;

/** The name of an extension that we read. */
export type ExtensionName = keyof typeof EXTENSION_OID;

const EXTENSION_NAMES: ReadonlyMap<string, ExtensionName> = new Map(
  Object.entries(EXTENSION_OID).map(([name, oid]) => [oid, name as ExtensionName]),
);

/** The name of the extension with this OID, where we know it. */
export function extensionName(oid: string): ExtensionName | undefined {
  return EXTENSION_NAMES.get(oid);
}

/** Extensions of CRLs and of their entries by the names of RFC 5280 (5.2, 5.3) and X.509 (expiredCertsOnCRL). */
export const CRL_OID = {
  cRLNumber: "2.5.29.20",
  reasonCode: "2.5.29.21",
  invalidityDate: "2.5.29.24",
  deltaCRLIndicator: "2.5.29.27",
  issuingDistributionPoint: "2.5.29.28",
  certificateIssuer: "2.5.29.29",
  expiredCertsOnCRL: "2.5.29.60",
} as const;

/** What OCSP has OIDs for (RFC 6960, 4.2.1, 4.4 and 4.2.2.2.1). */
export const OCSP_OID = {
  basic: "1.3.6.1.5.5.7.48.1.1",
  nonce: "1.3.6.1.5.5.7.48.1.2",
  noCheck: "1.3.6.1.5.5.7.48.1.5",
} as const;

/** What authorityInfoAccess tells the place of (RFC 5280, 4.2.2.1). */
export const ACCESS_METHOD = {
  ocsp: "1.3.6.1.5.5.7.48.1",
  caIssuers: "1.3.6.1.5.5.7.48.2",
} as const;

/** Key purposes by the names RFC 5280 (4.2.1.12) and OpenSSL give them. */
const PURPOSES: readonly (readonly [string, string])[] = [
  ["serverAuth", "1.3.6.1.5.5.7.3.1"],
  ["clientAuth", "1.3.6.1.5.5.7.3.2"],
  ["codeSigning", "1.3.6.1.5.5.7.3.3"],
  ["emailProtection", "1.3.6.1.5.5.7.3.4"],
  ["timeStamping", "1.3.6.1.5.5.7.3.8"],
  ["OCSPSigning", "1.3.6.1.5.5.7.3.9"],
  ["anyExtendedKeyUsage", "2.5.29.37.0"],
];

const PURPOSE_OIDS: ReadonlyMap<string, string> = new Map(PURPOSES);
const NAMES_BY_OID: ReadonlyMap<string, string> = new Map(PURPOSES.map(([name, oid]) => [oid, name]));

/** The names of the key purposes that have one. */
export const PURPOSE_NAMES: readonly string[] = PURPOSES.map(([name]) => name);

/** A purpose's OID from its name; undefined where there is no such name. */
export function purposeOid(name: string): string | undefined {
  return PURPOSE_OIDS.get(name);
}

/** A purpose in words: its name, or the OID where it has none. */
export function purposeName(oid: string): string {
  return NAMES_BY_OID.get(oid) ?? oid;
}

/** keyUsage's bits in their order (RFC 5280, 4.2.1.3). */
export const KEY_USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

/** The name of one keyUsage bit. */
export type KeyUsage = (typeof KEY_USAGES)[number];
