import type { DistributionPoint, Extension, KnownExtensions } from "../x509/extensions.ts";
import type { GeneralName } from "../x509/general-name.ts";
import { formatName } from "../x509/name-format.ts";
import { extensionName, purposeName } from "../x509/oids.ts";

const ACCESS_METHODS: ReadonlyMap<string, string> = new Map([
  ["1.3.6.1.5.5.7.48.1", "OCSP"],
  ["1.3.6.1.5.5.7.48.2", "CA issuers"],
  ["1.3.6.1.5.5.7.48.5", "CA repository"],
]);

/** Puts an extension's value into words, one or more lines; hex where it is not one we read. */
export function describeExtension(extension: Extension, known: KnownExtensions): readonly string[] {
  switch (extensionName(extension.oid)) {
    case "basicConstraints": {
      const { ca, pathLength } = known.basicConstraints ?? { ca: false };
      if (!ca) return ["not a CA"];
      return [pathLength === undefined ? "CA" : `CA, at most ${pathLength} CAs below it`];
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
      return (known.certificatePolicies?.policies ?? []).map((policy) => policy.oid);
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
      return [hex(extension.value)];
  }
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

/** Puts a GeneralName into words: `DNS:example.com`, as OpenSSL writes them. */
export function describeGeneralName(name: GeneralName): string {
  switch (name.type) {
    case "rfc822Name":
      return `email:${name.text}`;
    case "dNSName":
      return `DNS:${name.text}`;
    case "uniformResourceIdentifier":
      return `URI:${name.text}`;
    case "directoryName":
      return `DirName:${formatName(name.name)}`;
    case "iPAddress":
      return `IP:${describeAddress(name.address)}`;
    case "registeredID":
      return `RID:${name.oid}`;
    case "otherName":
      return `otherName:${name.oid}:${hex(name.value)}`;
    default:
      return `${name.type}:${hex(name.der)}`;
  }
}

function describeAddress(address: Uint8Array): string {
  if (address.length === 8 || address.length === 32) {
    const half = address.length / 2;
    return `${describeAddress(address.subarray(0, half))}/${describeAddress(address.subarray(half))}`;
  }
  if (address.length === 4) return address.join(".");
  const groups: string[] = [];
  for (let at = 0; at < address.length; at += 2)
    groups.push((((address[at] as number) << 8) | (address[at + 1] as number)).toString(16));
  return groups.join(":");
}

function hex(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : Buffer.from(bytes).toString("hex");
}
