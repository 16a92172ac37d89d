import { ROLES } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { boundedPattern, type PatternMatch } from "./bounded-pattern.ts";
import { characterCount, countAttributes, nthAttribute, valuesOf } from "./name-attributes.ts";
import { parametersSchema, regex, whole } from "./schema.ts";
import { counted, listing, quoted, range, reissueWith } from "./wording.ts";

const COMMON_NAME = "2.5.4.3";

const subjectCommonName: Rule = {
  id: "subject-common-name",
  title: "The subject has exactly one CN, of the form and length that the platform takes.",
  citation: "RFC 5280, 4.1.2.6",
  roles: ROLES,
  parameters: parametersSchema({
    pattern: regex("what the CN must match"),
    minimumLength: whole(0, "the least characters"),
    maximumLength: whole(1, "the most characters"),
  }),
  bind(parameters, role) {
    const pattern =
      parameters.pattern === undefined ? undefined : boundedPattern(parameters.pattern as string);
    const minimum = parameters.minimumLength as number | undefined;
    const maximum = parameters.maximumLength as number | undefined;
    const bounds =
      minimum === undefined && maximum === undefined ? "" : ` of ${range(minimum, maximum, "character")}`;
    const expected = `exactly one CN${bounds}${pattern === undefined ? "" : ` matching ${pattern.source}`}`;
    const hint = reissueWith(role, "under such a name");
    return ({ certificate: { subject } }) => {
      const text = nthAttribute(subject, COMMON_NAME)?.text;
      if (text === undefined) return { message: "the subject has no CN", expected, actual: "no CN", hint };
      const count = countAttributes(subject, COMMON_NAME);
      if (count > 1) {
        const values = listing(valuesOf(subject, COMMON_NAME).map(quoted));
        return { message: `the subject has ${counted(count, "CN")}`, expected, actual: values, hint };
      }
      const length = characterCount(text);
      if (length < (minimum ?? 0) || length > (maximum ?? length))
        return {
          message: `the CN has ${counted(length, "character")}`,
          expected,
          actual: quoted(text),
          hint,
        };
      const match = pattern?.match(text) ?? "fits";
      if (match === "fits") return undefined;
      return { message: `the CN ${inWords(match)}`, expected, actual: quoted(text), hint };
    };
  },
};

const commonNameAdvised: Rule = {
  id: "common-name-advised",
  title: "The CN has the form that the platform advises.",
  citation: "RFC 5280, 4.1.2.6",
  roles: ["device"],
  parameters: parametersSchema({ pattern: regex("what every CN should match") }, ["pattern"]),
  bind({ pattern }) {
    const advised = boundedPattern(pattern as string);
    return ({ certificate: { subject } }) => {
      for (const rdn of subject.rdns) {
        for (const { oid, text } of rdn) {
          if (oid !== COMMON_NAME) continue;
          const match = advised.match(text);
          if (match === "fits") continue;
          return {
            message: `the CN ${inWords(match)}, which the platform takes but advises against`,
            expected: `a CN matching ${advised.source}`,
            actual: quoted(text),
            hint: "choose another name, if nothing depends on this one: `samicerts client <serial> <name>`",
          };
        }
      }
      return undefined;
    };
  },
};

const MISMATCHES: ReadonlyMap<PatternMatch, string> = new Map<PatternMatch, string>([
  ["too-long", "is too long to be matched against the policy's pattern"],
  ["too-slow", "takes too long to be matched against the policy's pattern"],
]);

function inWords(match: PatternMatch): string {
  return MISMATCHES.get(match) ?? "is not of the form asked for";
}

/** The rules on the subject's CN. */
export const COMMON_NAME_RULES: readonly Rule[] = [subjectCommonName, commonNameAdvised];
