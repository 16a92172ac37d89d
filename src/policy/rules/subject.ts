import type { Name } from "../../x509/name.ts";
import { ROLES } from "../policy.ts";
import type { Flaw, Rule } from "../rule.ts";
import {
  attributeName,
  type NamedType,
  namedType,
  nthAttribute,
  sameValues,
  valuesOf,
} from "./name-attributes.ts";
import { parametersSchema, strings } from "./schema.ts";
import { listing, quoted, reissue, reissueWith } from "./wording.ts";

const subjectNonempty: Rule = {
  id: "subject-nonempty",
  title: "A CA's subject is not empty.",
  citation: "RFC 5280, 4.1.2.6",
  roles: ["root", "intermediate"],
  bind(_, role) {
    return ({ certificate: { subject } }) => {
      if (subject.rdns.length > 0) return undefined;
      return {
        message: "a CA's certificate has an empty subject, so nothing can name it as its issuer",
        expected: "a subject with at least one attribute",
        actual: "an empty subject",
        hint: reissueWith(role, "with a name, such as /C=US/O=MyOrg/CN=MyDevAuthority"),
      };
    };
  },
};

const emptySubjectSan: Rule = {
  id: "empty-subject-san",
  title: "An empty subject comes with a critical subjectAltName.",
  citation: "RFC 5280, 4.2.1.6",
  roles: ["device"],
  bind(_, role) {
    return ({ certificate: { subject, known } }) => {
      // One that is not critical is refused when the certificate is decoded.
      if (subject.rdns.length > 0 || known.subjectAltName !== undefined) return undefined;
      return {
        message: "the subject is empty, and subjectAltName is missing",
        expected: "a subject, or a critical subjectAltName",
        actual: "neither",
        hint: reissueWith(role, "with a name in its subject"),
      };
    };
  },
};

const subjectAttributes: Rule = {
  id: "subject-attributes",
  title: "The subject has the attributes asked for, and no others where the policy names those allowed.",
  citation: "RFC 5280, 4.1.2.6",
  roles: ROLES,
  parameters: parametersSchema({
    required: strings("attribute-type", "attribute types that must be there, such as CN, or a dotted OID"),
    optional: strings("attribute-type", "attribute types that may be there too; without this list, any may"),
  }),
  bind(parameters, role) {
    const required = ((parameters.required ?? []) as readonly string[]).map(namedType);
    const optional = (parameters.optional as readonly string[] | undefined)?.map(namedType);
    const allowed = optional && new Set([...required, ...optional].map((type) => type.oid));
    const wanted = required.length === 0 ? "any attributes" : names(required);
    const expected =
      optional === undefined ? wanted : `${wanted}; ${names(optional)} allowed too, and nothing else`;
    return ({ certificate: { subject } }) => {
      if (hasAll(subject, required) && hasOnly(subject, allowed)) return undefined;
      const lacking = required.filter((type) => nthAttribute(subject, type.oid) === undefined);
      const surplus = subject.rdns.flat().filter(({ oid }) => allowed?.has(oid) === false);
      const flaw = (message: string, actual: string, how: string): Flaw => ({
        message,
        expected,
        actual,
        hint: reissueWith(role, how),
      });
      return [
        ...lacking.map(({ name }) =>
          flaw(`the subject has no ${name}`, `no ${name}`, `with ${names(required)} in its subject`),
        ),
        ...surplus.map(({ oid, text }) => {
          const name = attributeName(oid);
          return flaw(
            `the subject has ${name}, which is not allowed here`,
            `${name}=${quoted(text)}`,
            `without ${name}`,
          );
        }),
      ];
    };
  },
};

function names(types: readonly NamedType[]): string {
  return listing(types.map((type) => type.name));
}

function hasAll(subject: Name, required: readonly NamedType[]): boolean {
  for (const type of required) if (nthAttribute(subject, type.oid) === undefined) return false;
  return true;
}

function hasOnly(subject: Name, allowed: ReadonlySet<string> | undefined): boolean {
  if (allowed === undefined) return true;
  for (const rdn of subject.rdns) for (const { oid } of rdn) if (!allowed.has(oid)) return false;
  return true;
}

const subjectFromIssuer: Rule = {
  id: "subject-from-issuer",
  title: "The subject has its issuer's values of the attributes that are taken over.",
  citation: "RFC 5280, 4.1.2.6",
  roles: ["intermediate", "device"],
  parameters: parametersSchema(
    {
      attributes: strings(
        "attribute-type",
        "attribute types taken over from the issuer, such as O, or a dotted OID",
      ),
    },
    ["attributes"],
  ),
  bind({ attributes }, role) {
    const types = (attributes as readonly string[]).map(namedType);
    return ({ certificate: { subject }, issuer }) => {
      if (issuer === undefined) return undefined;
      let flaws: Flaw[] | undefined;
      for (const { oid, name } of types) {
        if (sameValues(subject, issuer.subject, oid)) continue;
        flaws ??= [];
        flaws.push({
          message: `the subject's ${name} is not its issuer's`,
          expected: inWords(issuer.subject, oid, name),
          actual: inWords(subject, oid, name),
          hint: reissue(role, `with ${name} taken over from its issuer`),
        });
      }
      return flaws;
    };
  },
};

function inWords(subject: Name, oid: string, name: string): string {
  const values = valuesOf(subject, oid);
  return values.length === 0 ? `no ${name}` : `${name} ${listing(values.map(quoted))}`;
}

/** The rules on the subject as a whole. */
export const SUBJECT_RULES: readonly Rule[] = [
  subjectNonempty,
  emptySubjectSan,
  subjectAttributes,
  subjectFromIssuer,
];
