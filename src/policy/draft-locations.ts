import { SamicertsError } from "../base/errors.ts";
import { encodeAuthorityInfoAccess, encodeCrlDistributionPoints } from "../x509/extension-encode.ts";
import { ISSUER_KEY_ID } from "./placeholders.ts";
import type { IssueDefaults } from "./policy.ts";

/**
 * The extensions that say where the issuer's CRL, its OCSP and its certificate are, as far as the policy has addresses.
 * `issuerKeyId` is the issuer's key identifier; absent where a certificate signs itself, whose key may not be known yet:
 * then throws `policy.no-issuer` for an address that needs it.
 */
export function locationExtensions(
  defaults: IssueDefaults,
  issuerKeyId: Uint8Array | undefined,
  where: string,
): readonly Uint8Array[] {
  const fill = (urls: readonly string[] | undefined): readonly string[] =>
    (urls ?? []).map((url) => {
      if (!url.includes(ISSUER_KEY_ID)) return url;
      if (issuerKeyId === undefined) throw noIssuer(url, where);
      return url.replaceAll(ISSUER_KEY_ID, Buffer.from(issuerKeyId).toString("hex"));
    });
  const crl = fill(defaults.crlUrls);
  const ocsp = fill(defaults.ocspUrls);
  const caIssuers = fill(defaults.caIssuerUrls);
  return [
    ...(crl.length === 0 ? [] : [encodeCrlDistributionPoints(crl)]),
    ...(ocsp.length + caIssuers.length === 0 ? [] : [encodeAuthorityInfoAccess(ocsp, caIssuers)]),
  ];
}

function noIssuer(url: string, where: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "policy.no-issuer",
    message: `${where}: ${JSON.stringify(url)} needs an issuer's key identifier, and a root has no issuer`,
    hint: "a root is not revoked by a CRL of its own: leave the address out, or write it whole",
  });
}
