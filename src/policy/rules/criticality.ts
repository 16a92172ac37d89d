import type { KnownExtensions } from "../../x509/extensions.ts";
import { ROLES, type Role } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { reissue } from "./wording.ts";

/** One extension and whether RFC 5280 wants it critical. */
interface Demand {
  readonly id: string;
  readonly extension: Exclude<keyof KnownExtensions, "subjectDirectoryAttributes">;
  readonly critical: boolean;
  readonly section: string;
  readonly roles: readonly Role[];
}

const AUTHORITIES: readonly Role[] = ["root", "intermediate"];

const DEMANDS: readonly Demand[] = [
  { id: "aia-critical", extension: "authorityInfoAccess", critical: false, section: "4.2.2.1", roles: ROLES },
  { id: "sia-critical", extension: "subjectInfoAccess", critical: false, section: "4.2.2.2", roles: ROLES },
  {
    id: "crl-distribution-points-critical",
    extension: "crlDistributionPoints",
    critical: false,
    section: "4.2.1.13",
    roles: ROLES,
  },
  {
    id: "freshest-crl-critical",
    extension: "freshestCrl",
    critical: false,
    section: "4.2.1.15",
    roles: ROLES,
  },
  {
    id: "policy-mappings-critical",
    extension: "policyMappings",
    critical: true,
    section: "4.2.1.5",
    roles: AUTHORITIES,
  },
  {
    id: "policy-constraints-critical",
    extension: "policyConstraints",
    critical: true,
    section: "4.2.1.11",
    roles: AUTHORITIES,
  },
  {
    id: "inhibit-any-policy-critical",
    extension: "inhibitAnyPolicy",
    critical: true,
    section: "4.2.1.14",
    roles: AUTHORITIES,
  },
];

function criticalityRule({ id, extension, critical, section, roles }: Demand): Rule {
  const word = critical ? "critical" : "not critical";
  return {
    id,
    title: `${extension}, where present, is ${word}.`,
    citation: `RFC 5280, ${section}`,
    roles,
    bind(_, role) {
      return ({ certificate: { known } }) => {
        const found = known[extension];
        if (found === undefined || found.critical === critical) return undefined;
        return {
          message: critical
            ? `${extension} is not marked critical, so a reader may pass over it`
            : `${extension} is marked critical, so a reader that does not process it must reject the certificate`,
          expected: `${extension}, ${word}`,
          actual: critical ? "not critical" : "critical",
          hint: reissue(role, critical ? `without ${extension}` : `without ${extension}, or not critical`),
        };
      };
    },
  };
}

/** The rules on whether an extension is critical, for extensions that have no other family. */
export const CRITICALITY_RULES: readonly Rule[] = DEMANDS.map(criticalityRule);
