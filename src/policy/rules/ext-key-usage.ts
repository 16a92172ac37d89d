import { purposeName, purposeOid } from "../../x509/oids.ts";
import { ROLES } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { oneOf, parametersSchema, strings } from "./schema.ts";
import { listing, reissue } from "./wording.ts";

const extKeyUsage: Rule = {
  id: "ext-key-usage",
  title: "extKeyUsage is there or not, and names the purposes that the role needs.",
  citation: "RFC 5280, 4.2.1.12",
  roles: ROLES,
  parameters: parametersSchema(
    {
      presence: oneOf(
        ["required", "optional", "absent"],
        "whether the extension must, may or must not be there",
      ),
      include: strings("purpose", "purposes it must name where it is there, such as clientAuth"),
    },
    ["presence"],
  ),
  bind({ presence, include }, role) {
    const names = (include ?? []) as readonly string[];
    const needed = names.map((name) => purposeOid(name) ?? name);
    const expected =
      presence === "absent" ? "no extKeyUsage" : `extKeyUsage${names.length > 0 ? ` ${listing(names)}` : ""}`;
    return ({ certificate: { known } }) => {
      const found = known.extKeyUsage?.purposes;
      if (found === undefined) {
        if (presence !== "required") return undefined;
      } else if (presence !== "absent" && hasAll(found, needed)) return undefined;
      const lacking = needed.filter((oid) => found?.includes(oid) !== true).map(purposeName);
      return {
        message:
          found === undefined
            ? "extKeyUsage is missing"
            : presence === "absent"
              ? "extKeyUsage is there, and should not be"
              : `extKeyUsage lacks ${listing(lacking)}`,
        expected,
        actual: found === undefined ? "no extKeyUsage" : `extKeyUsage ${listing(found.map(purposeName))}`,
        hint: reissue(role, presence === "absent" ? "without extKeyUsage" : `with ${expected}`),
      };
    };
  },
};

function hasAll(found: readonly string[], needed: readonly string[]): boolean {
  for (const oid of needed) if (!found.includes(oid)) return false;
  return true;
}

/** The rules on extKeyUsage. */
export const EXT_KEY_USAGE_RULES: readonly Rule[] = [extKeyUsage];
