import type { GeneralName } from "../../x509/general-name.ts";
import { ACCESS_METHOD } from "../../x509/oids.ts";
import { ROLES } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { listing, quoted, reissue } from "./wording.ts";

const FETCHABLE = /^(?:https?|ldap):/i;

function isFetchable(name: GeneralName): boolean {
  return name.type === "uniformResourceIdentifier" && FETCHABLE.test(name.text);
}

/** A general name in a few words, for a message. */
function shown(name: GeneralName): string {
  return "text" in name ? quoted(name.text) : `a ${name.type}`;
}

const distributionPointComplete: Rule = {
  id: "distribution-point-complete",
  title: "Every CRL distribution point says where its CRL is or who issues it.",
  citation: "RFC 5280, 4.2.1.13",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const points = known.crlDistributionPoints?.points;
      if (points === undefined) return undefined;
      const complete = points.every(
        (point) =>
          point.fullName !== undefined || point.nameRelativeToIssuer || point.crlIssuer !== undefined,
      );
      if (complete) return undefined;
      return {
        message: "a CRL distribution point names neither a place nor an issuer, so there is no CRL to find",
        expected: "a distribution point's name or its cRLIssuer",
        actual: "neither",
        hint: reissue(role, "without crlDistributionPoints, or with the address of its CRL"),
      };
    };
  },
};

const distributionPointLocation: Rule = {
  id: "distribution-point-location",
  title: "A named CRL distribution point has an HTTP or LDAP address.",
  citation: "RFC 5280, 4.2.1.13",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const points = known.crlDistributionPoints?.points;
      if (points === undefined) return undefined;
      const names = points.find(
        ({ fullName }) => fullName !== undefined && !fullName.some(isFetchable),
      )?.fullName;
      if (names === undefined) return undefined;
      return {
        message: "a CRL distribution point has no address that a reader can fetch",
        expected: "one address with http: or ldap: at least",
        actual: listing(names.map(shown)),
        hint: reissue(role, "with the whole http: address of its CRL"),
      };
    };
  },
};

const aiaLocation: Rule = {
  id: "aia-location",
  title: "Where authorityInfoAccess says who issued the certificate, it has an HTTP or LDAP address.",
  citation: "RFC 5280, 4.2.2.1",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const descriptions = known.authorityInfoAccess?.descriptions;
      if (descriptions === undefined) return undefined;
      const issuers = descriptions.filter(({ method }) => method === ACCESS_METHOD.caIssuers);
      if (issuers.length === 0 || issuers.some(({ location }) => isFetchable(location))) return undefined;
      return {
        message: "authorityInfoAccess has no address of the issuer's certificate that a reader can fetch",
        expected: "one address with http: or ldap: at least",
        actual: listing(issuers.map(({ location }) => shown(location))),
        hint: reissue(role, "with the whole http: address of its issuer's certificate"),
      };
    };
  },
};

/** The rules on where CRLs and issuers are to be found. */
export const LOCATION_RULES: readonly Rule[] = [
  distributionPointComplete,
  distributionPointLocation,
  aiaLocation,
];
