import type { Certificate } from "./certificate.ts";
import { type Unfitness, type UsableCrl, unfit } from "./crl-fitness.ts";
import type { GeneralName } from "./general-name.ts";
import { sameName } from "./name-compare.ts";

const KINDS = { user: "devices alone", ca: "CAs alone", attribute: "attribute certificates alone" } as const;

/**
 * Why a CRL is not about a certificate of its issuer's, as its issuingDistributionPoint says (RFC 5280, 6.3.3(b)(2));
 * undefined where it is.
 */
export function outOfScope(crl: UsableCrl, certificate: Certificate): Unfitness | undefined {
  const point = crl.crl.known.issuingDistributionPoint;
  if (point === undefined) return undefined;
  const find = unfit(crl);
  const isCa = certificate.known.basicConstraints?.ca === true;
  if (point.only !== undefined && point.only !== (isCa ? "ca" : "user"))
    return find(
      "revocation.no-crl",
      `is about ${KINDS[point.only]}`,
      "a CRL that covers it",
      `one of ${KINDS[point.only]}`,
    );
  const names = point.fullName;
  if (names === undefined) return undefined;
  const points = certificate.known.crlDistributionPoints?.points;
  // A certificate that names no point has its issuer's name as one.
  const own = points?.flatMap(({ fullName, crlIssuer }) => fullName ?? crlIssuer ?? []) ?? [
    { type: "directoryName" as const, name: certificate.issuer },
  ];
  if (own.some((wanted) => names.some((name) => sameGeneralName(name, wanted)))) return undefined;
  return points?.some(({ nameRelativeToIssuer }) => nameRelativeToIssuer) === true
    ? find(
        "revocation.crl-unsupported",
        "is about one distribution point, and the certificate's is named relative to its issuer, which is not processed",
        "a CRL about all that the issuer issued",
        "a CRL about one distribution point",
      )
    : find(
        "revocation.no-crl",
        "is about another distribution point than the certificate's",
        "a CRL that covers it",
        "one of another distribution point",
      );
}

function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  if (a.type === "directoryName" && b.type === "directoryName") return sameName(a.name, b.name);
  if ("text" in a && "text" in b) return a.type === b.type && a.text === b.text;
  return false;
}
