import { sameBytes } from "../../x509/der-reader.ts";
import { ROLES } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { oneOf, parametersSchema, whole } from "./schema.ts";
import { counted, hex, reissue } from "./wording.ts";

const subjectKeyIdentifier: Rule = {
  id: "subject-key-identifier",
  title: "subjectKeyIdentifier is there or not, as the role asks, and of the length asked for.",
  citation: "RFC 5280, 4.2.1.2",
  roles: ROLES,
  parameters: parametersSchema(
    {
      presence: oneOf(
        ["required", "optional", "absent"],
        "whether the extension must, may or must not be there",
      ),
      octets: whole(1, "how many octets it has where it is there"),
    },
    ["presence"],
  ),
  bind({ presence, octets }, role) {
    const length = octets as number | undefined;
    const expected =
      presence === "absent"
        ? "no subjectKeyIdentifier"
        : `subjectKeyIdentifier${length === undefined ? "" : ` of ${counted(length, "octet")}`}`;
    const hint = reissue(role, presence === "absent" ? "without subjectKeyIdentifier" : `with ${expected}`);
    return ({ certificate: { known } }) => {
      const found = known.subjectKeyIdentifier?.keyIdentifier;
      if (found === undefined) {
        if (presence !== "required") return undefined;
        return {
          message: "subjectKeyIdentifier is missing",
          expected,
          actual: "no subjectKeyIdentifier",
          hint,
        };
      }
      if (presence !== "absent" && (length === undefined || found.length === length)) return undefined;
      return {
        message:
          presence === "absent"
            ? "subjectKeyIdentifier is there, and should not be"
            : `subjectKeyIdentifier has ${counted(found.length, "octet")}`,
        expected,
        actual: `${hex(found)} (${counted(found.length, "octet")})`,
        hint,
      };
    };
  },
};

const subjectKeyIdentifierCritical: Rule = {
  id: "subject-key-identifier-critical",
  title: "subjectKeyIdentifier is never critical.",
  citation: "RFC 5280, 4.2.1.2",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      if (known.subjectKeyIdentifier?.critical !== true) return undefined;
      return {
        message: "subjectKeyIdentifier is marked critical",
        expected: "subjectKeyIdentifier not critical",
        actual: "critical",
        hint: reissue(role, "with subjectKeyIdentifier not critical"),
      };
    };
  },
};

const authorityKeyIdentifier: Rule = {
  id: "authority-key-identifier",
  title: "authorityKeyIdentifier names the issuer's key in every certificate that is not self-signed.",
  citation: "RFC 5280, 4.2.1.1",
  roles: ROLES,
  parameters: parametersSchema(
    {
      presence: oneOf(
        ["required", "optional"],
        "whether it must be there; a self-signed certificate may lack it",
      ),
      octets: whole(1, "how many octets the key identifier has where it is there"),
    },
    ["presence"],
  ),
  bind({ presence, octets }, role) {
    const length = octets as number | undefined;
    const size = length === undefined ? "" : ` of ${counted(length, "octet")}`;
    const expected = `authorityKeyIdentifier with a keyIdentifier${size}`;
    const hint = reissue(role, "with the issuer's key identifier in authorityKeyIdentifier");
    return ({ certificate: { known, issuer, subject } }) => {
      const found = known.authorityKeyIdentifier?.keyIdentifier;
      if (found !== undefined) {
        if (length === undefined || found.length === length) return undefined;
        const size = counted(found.length, "octet");
        return {
          message: `the authority key identifier has ${size}`,
          expected,
          actual: `${hex(found)} (${size})`,
          hint,
        };
      }
      const extension = known.authorityKeyIdentifier !== undefined;
      if ((presence !== "required" && !extension) || sameBytes(issuer.der, subject.der)) return undefined;
      return {
        message: extension
          ? "authorityKeyIdentifier has no keyIdentifier"
          : "authorityKeyIdentifier is missing",
        expected,
        actual: extension ? "only the issuer's name and serial number" : "no authorityKeyIdentifier",
        hint,
      };
    };
  },
};

const authorityKeyIdentifierCritical: Rule = {
  id: "authority-key-identifier-critical",
  title: "authorityKeyIdentifier is never critical.",
  citation: "RFC 5280, 4.2.1.1",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      if (known.authorityKeyIdentifier?.critical !== true) return undefined;
      return {
        message: "authorityKeyIdentifier is marked critical",
        expected: "authorityKeyIdentifier not critical",
        actual: "critical",
        hint: reissue(role, "with authorityKeyIdentifier not critical"),
      };
    };
  },
};

const authorityKeyIdentifierMatches: Rule = {
  id: "authority-key-identifier-matches",
  title: "authorityKeyIdentifier is the issuer's subjectKeyIdentifier.",
  citation: "RFC 5280, 4.2.1.2",
  roles: ROLES,
  bind() {
    return ({ certificate: { known }, issuer }) => {
      const found = known.authorityKeyIdentifier?.keyIdentifier;
      const wanted = issuer?.known.subjectKeyIdentifier?.keyIdentifier;
      if (found === undefined || wanted === undefined || sameBytes(found, wanted)) return undefined;
      return {
        message: "authorityKeyIdentifier names another key than the issuer's",
        expected: `${hex(wanted)}, the issuer's subjectKeyIdentifier`,
        actual: hex(found),
        hint: "have it issued by this issuer, or give the issuer that made it with --root or --untrusted",
      };
    };
  },
};

/** The rules on subjectKeyIdentifier and authorityKeyIdentifier. */
export const KEY_IDENTIFIER_RULES: readonly Rule[] = [
  subjectKeyIdentifier,
  subjectKeyIdentifierCritical,
  authorityKeyIdentifier,
  authorityKeyIdentifierCritical,
  authorityKeyIdentifierMatches,
];
