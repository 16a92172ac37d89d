import { MOST_ENTRIES, readList } from "./der-list.ts";
import { DerReader, derError, readSequence, TAG } from "./der-reader.ts";
import type {
  AccessDescription,
  AlternativeNames,
  AuthorityKeyIdentifier,
  BasicConstraints,
  CertificatePolicy,
  DistributionPoint,
  Extension,
  KeyUsageExtension,
  NameConstraints,
} from "./extensions.ts";
import { type GeneralName, readGeneralName, readGeneralNames } from "./general-name.ts";
import { type ExtensionName, extensionName, KEY_USAGES } from "./oids.ts";

const { outer, inner } = MOST_ENTRIES;

type Decoder = (value: Uint8Array, critical: boolean, what: string) => unknown;

/** Reads one extension's value where it is one we know; throws `der.*`. */
export function decodeExtension(
  extension: Extension,
): { readonly name: ExtensionName; readonly value: unknown } | undefined {
  const name = extensionName(extension.oid);
  if (name === undefined) return undefined;
  const decoder = DECODERS.get(name);
  if (decoder === undefined) return undefined;
  return { name, value: decoder(extension.value, extension.critical, name) };
}

function decodeBasicConstraints(value: Uint8Array, critical: boolean, what: string): BasicConstraints {
  const sequence = readSequence(value, what);
  let ca = false;
  if (sequence.peek() === TAG.boolean) {
    const offset = sequence.offset;
    ca = sequence.boolean(`${what}.cA`);
    if (!ca) throw derError("default", what, offset, "cA FALSE is the default and is not written in DER");
  }
  const pathLength = sequence.done ? undefined : sequence.smallInteger(`${what}.pathLenConstraint`);
  sequence.end(what);
  return pathLength === undefined ? { critical, ca } : { critical, ca, pathLength };
}

function decodeKeyUsage(value: Uint8Array, critical: boolean, what: string): KeyUsageExtension {
  const reader = new DerReader(value);
  const bits = reader.bitString(what);
  reader.end(what);
  const count = bits.bytes.length * 8 - bits.unusedBits;
  const usages = KEY_USAGES.filter(
    (_, bit) => bit < count && ((bits.bytes[bit >> 3] as number) & (0x80 >> (bit & 7))) !== 0,
  );
  return { critical, usages, bits };
}

function decodeExtKeyUsage(value: Uint8Array, critical: boolean, what: string): unknown {
  const sequence = readSequence(value, what);
  const purposes = readList(sequence, { what, none: "it names no purpose" }, (list) => list.oid(what));
  return { critical, purposes };
}

function decodeSubjectKeyIdentifier(value: Uint8Array, critical: boolean, what: string): unknown {
  const reader = new DerReader(value);
  const keyIdentifier = reader.octetString(what);
  reader.end(what);
  return { critical, keyIdentifier };
}

function decodeAuthorityKeyIdentifier(
  value: Uint8Array,
  critical: boolean,
  what: string,
): AuthorityKeyIdentifier {
  const sequence = readSequence(value, what);
  const keyIdentifier =
    sequence.peek() === 0x80 ? sequence.content(0x80, `${what}.keyIdentifier`) : undefined;
  const issuerSequence = sequence.enterOptional(0xa1, `${what}.authorityCertIssuer`);
  const issuer = issuerSequence === undefined ? undefined : readGeneralNames(issuerSequence, what);
  const serial =
    sequence.peek() === 0x82 ? sequence.integer(`${what}.authorityCertSerialNumber`, 0x82) : undefined;
  sequence.end(what);
  if ((issuer === undefined) !== (serial === undefined))
    throw derError(
      "authority-key-identifier",
      what,
      0,
      "issuer and serial number come together or not at all",
    );
  return {
    critical,
    ...(keyIdentifier === undefined ? {} : { keyIdentifier }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(serial === undefined ? {} : { serial }),
  };
}

function decodeAlternativeNames(value: Uint8Array, critical: boolean, what: string): AlternativeNames {
  return { critical, names: readGeneralNames(readSequence(value, what), what) };
}

function decodeNameConstraints(value: Uint8Array, critical: boolean, what: string): NameConstraints {
  const sequence = readSequence(value, what);
  const subtrees = (tag: number): readonly GeneralName[] => {
    const list = sequence.enterOptional(tag, what);
    if (list === undefined) return [];
    return readList(list, { what, none: "a list of subtrees has at least one" }, () => {
      const subtree = list.sequence(what);
      const base = readGeneralName(subtree, what, [8, 32]);
      if (subtree.peek() === 0x80 && subtree.smallInteger(`${what}.minimum`, 0x80) === 0)
        throw derError("default", what, subtree.offset, "minimum 0 is the default and is not written in DER");
      if (subtree.peek() === 0x81) subtree.smallInteger(`${what}.maximum`, 0x81);
      subtree.end(what);
      return base;
    });
  };
  const permitted = subtrees(0xa0);
  const excluded = subtrees(0xa1);
  sequence.end(what);
  if (permitted.length + excluded.length === 0) throw derError("empty", what, 0, "it constrains nothing");
  return { critical, permitted, excluded };
}

function decodeCertificatePolicies(value: Uint8Array, critical: boolean, what: string): unknown {
  const sequence = readSequence(value, what);
  const policies = readList(
    sequence,
    { what, none: "it names no policy", most: outer },
    (list): CertificatePolicy => {
      const information = list.sequence(what);
      const oid = information.oid(`${what}.policyIdentifier`);
      const qualifiers = information.done
        ? NONE
        : readQualifiers(information.sequence(`${what}.policyQualifiers`), what);
      information.end(what);
      return { oid, qualifiers };
    },
  );
  return { critical, policies };
}

/** Shared: most policies have no qualifier. */
const NONE: CertificatePolicy["qualifiers"] = [];

function readQualifiers(list: DerReader, what: string): CertificatePolicy["qualifiers"] {
  return readList(list, { what, none: "a list of qualifiers has one at least", most: inner }, () => {
    const qualifier = list.sequence(`${what}.policyQualifiers`);
    const oid = qualifier.oid(`${what}.policyQualifierId`);
    const value = qualifier.element(`${what}.qualifier`);
    qualifier.end(what);
    return { oid, value };
  });
}

function decodePolicyMappings(value: Uint8Array, critical: boolean, what: string): unknown {
  const sequence = readSequence(value, what);
  const mappings = readList(sequence, { what, none: "it maps nothing" }, (list) => {
    const mapping = list.sequence(what);
    const pair = [
      mapping.oid(`${what}.issuerDomainPolicy`),
      mapping.oid(`${what}.subjectDomainPolicy`),
    ] as const;
    mapping.end(what);
    return pair;
  });
  return { critical, mappings };
}

function decodePolicyConstraints(value: Uint8Array, critical: boolean, what: string): unknown {
  const sequence = readSequence(value, what);
  const optional = (tag: number, field: string): number | undefined =>
    sequence.peek() === tag ? sequence.smallInteger(`${what}.${field}`, tag) : undefined;
  const requireExplicitPolicy = optional(0x80, "requireExplicitPolicy");
  const inhibitPolicyMapping = optional(0x81, "inhibitPolicyMapping");
  sequence.end(what);
  if (requireExplicitPolicy === undefined && inhibitPolicyMapping === undefined)
    throw derError("empty", what, 0, "it constrains nothing");
  return {
    critical,
    ...(requireExplicitPolicy === undefined ? {} : { requireExplicitPolicy }),
    ...(inhibitPolicyMapping === undefined ? {} : { inhibitPolicyMapping }),
  };
}

function decodeInhibitAnyPolicy(value: Uint8Array, critical: boolean, what: string): unknown {
  const reader = new DerReader(value);
  const skipCerts = reader.smallInteger(what);
  reader.end(what);
  return { critical, skipCerts };
}

/** Reads a DistributionPointName under its tag [0], where it is next (RFC 5280, 4.2.1.13). */
export function readPointName(
  point: DerReader,
  what: string,
): Pick<DistributionPoint, "fullName" | "nameRelativeToIssuer"> {
  const name = point.enterOptional(0xa0, `${what}.distributionPoint`);
  if (name === undefined) return { nameRelativeToIssuer: false };
  const full = name.enterOptional(0xa0, `${what}.fullName`);
  const relative =
    full === undefined ? name.enterOptional(0xa1, `${what}.nameRelativeToCRLIssuer`) : undefined;
  if (full === undefined && relative === undefined)
    throw derError("tag", what, name.offset, "a distribution point's name is full or relative");
  name.end(what);
  if (full === undefined) return { nameRelativeToIssuer: true };
  return { nameRelativeToIssuer: false, fullName: readGeneralNames(full, what, inner) };
}

function decodeDistributionPoints(value: Uint8Array, critical: boolean, what: string): unknown {
  const sequence = readSequence(value, what);
  const points = readList(
    sequence,
    { what, none: "it names no distribution point", most: outer },
    (list): DistributionPoint => {
      const point = list.sequence(what);
      const name = readPointName(point, what);
      const reasons = point.peek() === 0x81 ? point.bitString(`${what}.reasons`, 0x81) : undefined;
      const issuer = point.enterOptional(0xa2, `${what}.cRLIssuer`);
      point.end(what);
      return {
        ...name,
        ...(reasons === undefined ? {} : { reasons }),
        ...(issuer === undefined ? {} : { crlIssuer: readGeneralNames(issuer, what, inner) }),
      };
    },
  );
  return { critical, points };
}

function decodeInfoAccess(value: Uint8Array, critical: boolean, what: string): unknown {
  const sequence = readSequence(value, what);
  const descriptions = readList(
    sequence,
    { what, none: "it describes no access" },
    (list): AccessDescription => {
      const description = list.sequence(what);
      const method = description.oid(`${what}.accessMethod`);
      const location = readGeneralName(description, `${what}.accessLocation`);
      description.end(what);
      return { method, location };
    },
  );
  return { critical, descriptions };
}

const DECODERS: ReadonlyMap<ExtensionName, Decoder> = new Map<ExtensionName, Decoder>([
  ["basicConstraints", decodeBasicConstraints],
  ["keyUsage", decodeKeyUsage],
  ["extKeyUsage", decodeExtKeyUsage],
  ["subjectKeyIdentifier", decodeSubjectKeyIdentifier],
  ["authorityKeyIdentifier", decodeAuthorityKeyIdentifier],
  ["subjectAltName", decodeAlternativeNames],
  ["issuerAltName", decodeAlternativeNames],
  ["nameConstraints", decodeNameConstraints],
  ["certificatePolicies", decodeCertificatePolicies],
  ["policyMappings", decodePolicyMappings],
  ["policyConstraints", decodePolicyConstraints],
  ["inhibitAnyPolicy", decodeInhibitAnyPolicy],
  ["crlDistributionPoints", decodeDistributionPoints],
  ["freshestCrl", decodeDistributionPoints],
  ["authorityInfoAccess", decodeInfoAccess],
  ["subjectInfoAccess", decodeInfoAccess],
]);
