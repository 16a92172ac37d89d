import { explicitTexts } from "../policy/rules/explicit-text.ts";
import { decodeExtension } from "../x509/extension-decode.ts";
import type { CertificatePolicy, DistributionPoint, Extension, KnownExtensions } from "../x509/extensions.ts";
import type { GeneralName } from "../x509/general-name.ts";
import { extensionName, purposeName } from "../x509/oids.ts";
import { derText } from "./der-text.ts";
import { describeGeneralName } from "./describe-general-name.ts";
import { describeOtherExtension, otherExtensionName } from "./describe-other-extension.ts";

/** An extension in words. */
export interface ExtensionSummary {
  readonly oid: string;
  /** Its RFC 5280 name, or the one that people know it by; the OID where we have none. */
  readonly name: string;
  readonly critical: boolean;
  /** One line each. */
  readonly lines: readonly string[];
}

/** Puts an extension into words; throws `der.*` where it is one that we read, and malformed. */
export function summarizeExtension(extension: Extension): ExtensionSummary {
  const { oid, critical } = extension;
  const name = extensionName(oid) ?? otherExtensionName(oid) ?? oid;
  const decoded = decodeExtension(extension);
  const known: KnownExtensions = decoded === undefined ? {} : { [decoded.name]: decoded.value };
  return { oid, name, critical, lines: describeExtension(extension, known) };
}

const ACCESS_METHODS: ReadonlyMap<string, string> = new Map([
  ["1.3.6.1.5.5.7.48.1", "OCSP"],
  ["1.3.6.1.5.5.7.48.2", "CA issuers"],
  ["1.3.6.1.5.5.7.48.5", "CA repository"],
]);

/** Puts an extension's value into words, one or more lines; hex where it is not one we read. */
function describeExtension(extension: Extension, known: KnownExtensions): readonly string[] {
  switch (extensionName(extension.oid)) {
    case "basicConstraints": {
      const { ca, pathLength } = known.basicConstraints ?? { ca: false };
      if (!ca) return ["not a CA"];
      if (pathLength === undefined) return ["CA"];
      return [
        pathLength === 0
          ? "CA, no CA below it"
          : `CA, at most ${pathLength} ${pathLength === 1 ? "CA" : "CAs"} below it`,
      ];
    }
    case "keyUsage":
      return [(known.keyUsage?.usages ?? []).join(", ") || "(none)"];
    case "extKeyUsage":
      return [(known.extKeyUsage?.purposes ?? []).map(purposeName).join(", ")];
    case "subjectKeyIdentifier":
      return [hex(known.subjectKeyIdentifier?.keyIdentifier)];
    case "authorityKeyIdentifier": {
      const aki = known.authorityKeyIdentifier;
      return [
        ...(aki?.keyIdentifier === undefined ? [] : [hex(aki.keyIdentifier)]),
        ...(aki?.issuer ?? []).map((name) => `issuer ${describeGeneralName(name)}`),
        ...(aki?.serial === undefined ? [] : [`serial 0x${hex(aki.serial)}`]),
      ];
    }
    case "subjectAltName":
      return (known.subjectAltName?.names ?? []).map(describeGeneralName);
    case "issuerAltName":
      return (known.issuerAltName?.names ?? []).map(describeGeneralName);
    case "nameConstraints":
      return [
        ...(known.nameConstraints?.permitted ?? []).map((name) => `permitted ${describeGeneralName(name)}`),
        ...(known.nameConstraints?.excluded ?? []).map((name) => `excluded ${describeGeneralName(name)}`),
      ];
    case "certificatePolicies":
      return (known.certificatePolicies?.policies ?? []).flatMap(describePolicy);
    case "policyMappings":
      return (known.policyMappings?.mappings ?? []).map(([from, to]) => `${from} to ${to}`);
    case "policyConstraints": {
      const { requireExplicitPolicy, inhibitPolicyMapping } = known.policyConstraints ?? {};
      return [
        ...(requireExplicitPolicy === undefined
          ? []
          : [`require explicit policy after ${requireExplicitPolicy}`]),
        ...(inhibitPolicyMapping === undefined
          ? []
          : [`inhibit policy mapping after ${inhibitPolicyMapping}`]),
      ];
    }
    case "inhibitAnyPolicy":
      return [`after ${known.inhibitAnyPolicy?.skipCerts ?? 0} certificates`];
    case "crlDistributionPoints":
      return (known.crlDistributionPoints?.points ?? []).flatMap(describePoint);
    case "freshestCrl":
      return (known.freshestCrl?.points ?? []).flatMap(describePoint);
    case "authorityInfoAccess":
      return describeAccess(known.authorityInfoAccess?.descriptions ?? []);
    case "subjectInfoAccess":
      return describeAccess(known.subjectInfoAccess?.descriptions ?? []);
    default:
      return describeOtherExtension(extension.oid, extension.value);
  }
}

const POLICIES: ReadonlyMap<string, string> = new Map([
  ["2.5.29.32.0", "anyPolicy"],
  ["2.23.140.1.2.1", "domain validated"],
  ["2.23.140.1.2.2", "organization validated"],
  ["2.23.140.1.2.3", "individual validated"],
  ["2.23.140.1.1", "extended validation"],
]);
/** The qualifier that says where the practice statement is (RFC 5280, 4.2.1.4). */
const CPS = "1.3.6.1.5.5.7.2.1";

function describePolicy(policy: CertificatePolicy): readonly string[] {
  const { oid, qualifiers } = policy;
  const name = POLICIES.get(oid);
  const statements = qualifiers.filter((qualifier) => qualifier.oid === CPS);
  return [
    name === undefined ? oid : `${oid} (${name})`,
    ...statements.map(({ value }) => `statement: ${derText(value)?.text ?? hex(value)}`),
    ...explicitTexts([policy]).map(({ text }) => `notice: ${text}`),
  ];
}

function describeAccess(
  descriptions: readonly { readonly method: string; readonly location: GeneralName }[],
) {
  return descriptions.map(
    ({ method, location }) => `${ACCESS_METHODS.get(method) ?? method}: ${describeGeneralName(location)}`,
  );
}

function describePoint(point: DistributionPoint): readonly string[] {
  if (point.fullName !== undefined) return point.fullName.map(describeGeneralName);
  if (point.nameRelativeToIssuer) return ["a name relative to the CRL's issuer"];
  return (point.crlIssuer ?? []).map((name) => `CRL issuer ${describeGeneralName(name)}`);
}

function hex(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : Buffer.from(bytes).toString("hex");
}
