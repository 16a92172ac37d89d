import { sameBytes } from "../../x509/der-reader.ts";
import type { Name, NameAttribute } from "../../x509/name.ts";
import { formatName } from "../../x509/name-format.ts";
import { tagName } from "../../x509/tag.ts";
import { ROLES } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { attributeName } from "./name-attributes.ts";
import { reissue } from "./wording.ts";

const issuerNonempty: Rule = {
  id: "issuer-nonempty",
  title: "The issuer's name is not empty.",
  citation: "RFC 5280, 4.1.2.4",
  roles: ROLES,
  bind() {
    return ({ certificate }) => {
      if (certificate.issuer.rdns.length > 0) return undefined;
      return {
        message: "the certificate does not name its issuer",
        expected: "an issuer with at least one attribute",
        actual: "an empty issuer",
        hint: "have it issued by a CA that has a name",
      };
    };
  },
};

const issuerExact: Rule = {
  id: "issuer-exact",
  title: "The issuer is, byte for byte, the subject of the certificate that signed it.",
  citation: "RFC 5280, 4.1.2.4",
  roles: ROLES,
  bind(_, role) {
    const signer = role === "root" ? "the root itself" : "the issuer's certificate";
    return ({ certificate, issuer }) => {
      const wanted = role === "root" ? certificate.subject : issuer?.subject;
      if (wanted === undefined || sameBytes(certificate.issuer.der, wanted.der)) return undefined;
      const expected = inFull(wanted);
      const actual = inFull(certificate.issuer);
      const first = firstDifference(wanted, certificate.issuer);
      return {
        message: `the issuer is not written exactly as the subject of ${signer}`,
        expected: expected === actual ? `${expected}, with ${first.wanted}` : expected,
        actual: expected === actual ? `${actual}, with ${first.found}` : actual,
        hint: reissue(role, "with the issuer copied octet by octet from its issuer's certificate"),
      };
    };
  },
};

function inFull(name: Name): string {
  return name.rdns.length === 0 ? "an empty name" : formatName(name);
}

/** Where two names that read the same differ: in the string type that an attribute is written in. */
function firstDifference(wanted: Name, found: Name): { readonly wanted: string; readonly found: string } {
  const theirs = wanted.rdns.flat();
  const ours = found.rdns.flat();
  const index = ours.findIndex((attribute, at) => attribute.tag !== theirs[at]?.tag);
  return { wanted: inWords(theirs[index]), found: inWords(ours[index]) };
}

function inWords(attribute: NameAttribute | undefined): string {
  return attribute === undefined
    ? "other octets"
    : `${attributeName(attribute.oid)} as ${tagName(attribute.tag)}`;
}

/** The rules on the issuer's name. */
export const ISSUER_RULES: readonly Rule[] = [issuerNonempty, issuerExact];
