import { OCSP_OID, purposeName, purposeOid } from "../../x509/oids.ts";
import type { Rule } from "../rule.ts";
import { oneOf, parametersSchema } from "./schema.ts";
import { listing, reissue } from "./wording.ts";

const MAKE = "have it made by samicerts ocsp responder";
const SIGNING = purposeOid("OCSPSigning") as string;

const ocspSigning: Rule = {
  id: "ocsp-signing",
  title: "A device's certificate can't answer OCSP; a responder's can, and nothing else.",
  citation: "RFC 6960, 4.2.2.2",
  roles: ["device"],
  parameters: parametersSchema(
    {
      purpose: oneOf(
        ["forbidden", "required"],
        "whether extKeyUsage must not name OCSPSigning, or must name it alone",
      ),
    },
    ["purpose"],
  ),
  bind({ purpose }, role) {
    const required = purpose === "required";
    return ({ certificate: { known } }) => {
      const found = known.extKeyUsage?.purposes ?? [];
      const isFine = required ? found.length === 1 && found[0] === SIGNING : !found.includes(SIGNING);
      if (isFine) return undefined;
      return {
        message: required
          ? "it is to answer OCSP, and its extKeyUsage does not name that alone"
          : "its extKeyUsage names OCSPSigning: it could tell of any of its issuer's certificates that it was not revoked",
        expected: required ? "extKeyUsage OCSPSigning" : "extKeyUsage without OCSPSigning",
        actual: found.length === 0 ? "no extKeyUsage" : `extKeyUsage ${listing(found.map(purposeName))}`,
        hint: required
          ? MAKE
          : reissue(
              role,
              "without OCSPSigning; one that is to answer OCSP is judged by --policy ocsp-responder",
            ),
      };
    };
  },
};

const ocspNoCheck: Rule = {
  id: "ocsp-no-check",
  title: "ocsp-nocheck is in a responder's certificate, as NULL and not critical, and in no other.",
  citation: "RFC 6960, 4.2.2.2.1",
  roles: ["device"],
  parameters: parametersSchema(
    { presence: oneOf(["required", "absent"], "whether ocsp-nocheck must or must not be there") },
    ["presence"],
  ),
  bind({ presence }, role) {
    const required = presence === "required";
    return ({ certificate: { extensions } }) => {
      const found = extensions.find(({ oid }) => oid === OCSP_OID.noCheck);
      const isNull = found?.value.length === 2 && found.value[0] === 5 && found.value[1] === 0;
      if (required ? isNull && found?.critical === false : found === undefined) return undefined;
      return {
        message: !required
          ? "it says by ocsp-nocheck that nobody need ask whether it was revoked"
          : found === undefined
            ? "ocsp-nocheck is missing, so whoever it answers has to ask whether it was revoked itself"
            : "ocsp-nocheck is not a NULL, or is marked critical",
        expected: required ? "ocsp-nocheck, a NULL, not critical" : "no ocsp-nocheck",
        actual:
          found === undefined
            ? "no ocsp-nocheck"
            : `ocsp-nocheck ${Buffer.from(found.value.subarray(0, 32)).toString("hex")}${found.critical ? ", critical" : ""}`,
        hint: required ? MAKE : reissue(role, "without ocsp-nocheck"),
      };
    };
  },
};

/** The rules on who answers OCSP. */
export const OCSP_RULES: readonly Rule[] = [ocspSigning, ocspNoCheck];
