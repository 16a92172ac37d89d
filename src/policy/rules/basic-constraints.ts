import { ROLES, type Role } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { oneOf, parametersSchema } from "./schema.ts";
import { listing, reissue } from "./wording.ts";

const basicConstraints: Rule = {
  id: "basic-constraints",
  title: "basicConstraints says whether the certificate is a CA's, as its role asks.",
  citation: "RFC 5280, 4.2.1.9",
  roles: ROLES,
  parameters: parametersSchema(
    {
      presence: oneOf(["required", "optional"], "whether the extension must be there"),
      ca: { type: "boolean", description: "what it must say where it is there" },
    },
    ["presence", "ca"],
  ),
  bind({ presence, ca }, role) {
    const required = presence === "required";
    const expected = `basicConstraints CA:${ca === true ? "TRUE" : "FALSE"}`;
    return ({ certificate: { known } }) => {
      const found = known.basicConstraints;
      if (found === undefined ? !required : found.ca === ca) return undefined;
      const hint = reissue(role, `with critical ${expected}`);
      if (found === undefined)
        return { message: "basicConstraints is missing", expected, actual: "no basicConstraints", hint };
      return {
        message: found.ca
          ? `basicConstraints says that this is a CA's certificate, but it is ${itsRole(role)}`
          : `basicConstraints says that this is not a CA's certificate, but it is ${itsRole(role)}`,
        expected,
        actual: `CA:${found.ca ? "TRUE" : "FALSE"}`,
        hint,
      };
    };
  },
};

function itsRole(role: Role): string {
  return role === "intermediate" ? "an intermediate's" : `a ${role}'s`;
}

const basicConstraintsCritical: Rule = {
  id: "basic-constraints-critical",
  title: "basicConstraints, where present, is critical.",
  citation: "RFC 5280, 4.2.1.9",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      if (known.basicConstraints?.critical !== false) return undefined;
      return {
        message: "basicConstraints is not marked critical",
        expected: "basicConstraints marked critical",
        actual: "not critical",
        hint: reissue(role, "with basicConstraints marked critical"),
      };
    };
  },
};

const pathLengthPlace: Rule = {
  id: "path-length-place",
  title: "A path length stands only in a CA's certificate whose keyUsage has keyCertSign.",
  citation: "RFC 5280, 4.2.1.9",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const constraints = known.basicConstraints;
      if (constraints?.pathLength === undefined) return undefined;
      const signs = known.keyUsage?.usages.includes("keyCertSign") === true;
      if (constraints.ca && signs) return undefined;
      return {
        message: constraints.ca
          ? "a path length is set, but keyUsage has no keyCertSign"
          : "a path length is set, but this is not a CA's certificate",
        expected: "no path length, or CA:TRUE with keyCertSign",
        actual: [
          `path length ${constraints.pathLength}`,
          constraints.ca ? "CA:TRUE" : "CA:FALSE",
          signs ? "keyCertSign" : "no keyCertSign",
        ].join(", "),
        hint: reissue(
          role,
          role === "device" ? "without a path length" : "with keyCertSign, or without a path length",
        ),
      };
    };
  },
};

const pathLength: Rule = {
  id: "path-length",
  title: "The path length is one of those allowed for the role.",
  citation: "RFC 5280, 4.2.1.9",
  roles: ["root", "intermediate"],
  parameters: parametersSchema(
    {
      allow: {
        type: "array",
        minItems: 1,
        uniqueItems: true,
        items: { anyOf: [{ const: "absent" }, { type: "integer", minimum: 0 }] },
        description: "path lengths taken: whole numbers, or absent for none at all",
      },
    },
    ["allow"],
  ),
  bind({ allow }, role) {
    const allowed = new Set(allow as readonly (string | number)[]);
    const numbers = [...allowed].filter((one) => one !== "absent").map(String);
    const expected = [
      ...(numbers.length > 0 ? [`a path length of ${listing(numbers, "or")}`] : []),
      ...(allowed.has("absent") ? ["no path length"] : []),
    ].join(", or ");
    return ({ certificate: { known } }) => {
      const found = known.basicConstraints?.pathLength;
      if (allowed.has(found ?? "absent")) return undefined;
      return {
        message:
          found === undefined ? "the path length is missing" : `the path length ${found} is not allowed here`,
        expected,
        actual: found === undefined ? "no path length" : `path length ${found}`,
        hint: reissue(role, `with ${expected}`),
      };
    };
  },
};

/** The rules on basicConstraints. */
export const BASIC_CONSTRAINTS_RULES: readonly Rule[] = [
  basicConstraints,
  basicConstraintsCritical,
  pathLengthPlace,
  pathLength,
];
