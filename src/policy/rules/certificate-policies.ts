import { TAG, tagName } from "../../x509/tag.ts";
import { ROLES, type Role } from "../policy.ts";
import type { Check, Flaw, Rule } from "../rule.ts";
import { type ExplicitText, explicitTexts, USER_NOTICE } from "./explicit-text.ts";
import { listing, quoted, reissue } from "./wording.ts";

const ANY_POLICY = "2.5.29.32.0";
const AUTHORITIES: readonly Role[] = ["root", "intermediate"];
const QUALIFIERS: ReadonlySet<string> = new Set(["1.3.6.1.5.5.7.2.1", USER_NOTICE]);

const certificatePoliciesDuplicate: Rule = {
  id: "certificate-policies-duplicate",
  title: "certificatePolicies names no policy twice.",
  citation: "RFC 5280, 4.2.1.4",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const oids = known.certificatePolicies?.policies.map(({ oid }) => oid);
      if (oids === undefined) return undefined;
      const seen = new Set<string>();
      // A set's size, not a search for each: there may be thousands.
      const twice = oids.find((oid) => seen.size === seen.add(oid).size);
      if (twice === undefined) return undefined;
      return {
        message: `certificatePolicies names ${twice} more than once`,
        expected: "every policy once",
        actual: listing(oids.slice(0, 8)),
        hint: reissue(role, "with every policy named once"),
      };
    };
  },
};

const certificatePoliciesAnyQualifier: Rule = {
  id: "certificate-policies-any-qualifier",
  title: "anyPolicy has no qualifiers but a statement's address and a notice.",
  citation: "RFC 5280, 4.2.1.4",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const policies = known.certificatePolicies?.policies;
      if (policies === undefined) return undefined;
      for (const { oid, qualifiers } of policies) {
        const strange = oid === ANY_POLICY ? qualifiers.find((one) => !QUALIFIERS.has(one.oid)) : undefined;
        if (strange === undefined) continue;
        return {
          message: `anyPolicy in certificatePolicies has the qualifier ${strange.oid}`,
          expected: "cPSuri or userNotice only",
          actual: strange.oid,
          hint: reissue(role, `without the qualifier ${strange.oid}`),
        };
      }
      return undefined;
    };
  },
};

/** One demand on a notice's text. */
interface TextDemand {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly expected: string;
  readonly wrong: (text: ExplicitText) => boolean;
}

// Control characters are what one of the demands is about.
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

const TEXT_DEMANDS: readonly TextDemand[] = [
  {
    id: "explicit-text-ia5",
    title: "A policy notice's text is not an IA5String.",
    message: "a policy notice's text is an IA5String",
    expected: "a UTF8String",
    wrong: ({ tag }) => tag === TAG.ia5String,
  },
  {
    id: "explicit-text-utf8",
    title: "A policy notice's text is a UTF8String.",
    message: "a policy notice's text is not a UTF8String",
    expected: "a UTF8String",
    wrong: ({ tag }) => tag !== TAG.utf8String && tag !== TAG.ia5String,
  },
  {
    id: "explicit-text-control",
    title: "A policy notice's text has no control characters.",
    message: "a policy notice's text has control characters in it",
    expected: "text without control characters",
    wrong: ({ text }) => CONTROL.test(text),
  },
  {
    id: "explicit-text-nfc",
    title: "A policy notice's text is normalized (NFC).",
    message: "a policy notice's text is not normalized",
    expected: "text in Unicode's normalization form C",
    wrong: ({ text }) => text.normalize("NFC") !== text,
  },
];

function textRule({ id, title, message, expected, wrong }: TextDemand): Rule {
  return {
    id,
    title,
    citation: "RFC 5280, 4.2.1.4",
    roles: ROLES,
    bind(_, role): Check {
      return ({ certificate: { known } }) => {
        const policies = known.certificatePolicies?.policies;
        if (policies === undefined) return undefined;
        const found = explicitTexts(policies).find(wrong);
        if (found === undefined) return undefined;
        return {
          message,
          expected,
          actual: `${quoted(found.text)}, a ${tagName(found.tag)}`,
          hint: reissue(role, "without a policy notice, or with its text as RFC 5280 says"),
        };
      };
    },
  };
}

const policyMappingsAny: Rule = {
  id: "policy-mappings-any",
  title: "policyMappings maps neither to nor from anyPolicy.",
  citation: "RFC 5280, 4.2.1.5",
  roles: AUTHORITIES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const mappings = known.policyMappings?.mappings;
      if (mappings === undefined || !mappings.some((pair) => pair.includes(ANY_POLICY))) return undefined;
      return {
        message: "policyMappings maps to or from anyPolicy",
        expected: "mappings between policies that are named",
        actual: "anyPolicy among them",
        hint: reissue(role, "without policyMappings"),
      };
    };
  },
};

const policyMappingsAsserted: Rule = {
  id: "policy-mappings-asserted",
  title: "A policy that policyMappings maps from is asserted in certificatePolicies.",
  citation: "RFC 5280, 4.2.1.5",
  roles: AUTHORITIES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const mappings = known.policyMappings?.mappings;
      if (mappings === undefined) return undefined;
      const asserted = new Set(known.certificatePolicies?.policies.map(({ oid }) => oid));
      const flaws: Flaw[] = [];
      for (const from of new Set(mappings.map(([issuerPolicy]) => issuerPolicy))) {
        if (asserted.has(from)) continue;
        flaws.push({
          message: `policyMappings maps from ${from}, which certificatePolicies does not name`,
          expected: `certificatePolicies with ${from}`,
          actual: asserted.size === 0 ? "no certificatePolicies" : listing([...asserted].slice(0, 8)),
          hint: reissue(role, "without policyMappings"),
        });
      }
      return flaws.length === 0 ? undefined : flaws;
    };
  },
};

/** The rules on certificate policies and their mappings. */
export const CERTIFICATE_POLICY_RULES: readonly Rule[] = [
  certificatePoliciesDuplicate,
  certificatePoliciesAnyQualifier,
  ...TEXT_DEMANDS.map(textRule),
  policyMappingsAny,
  policyMappingsAsserted,
];
