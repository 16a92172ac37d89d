import { type KeyUsage, purposeName, purposeOid } from "../../x509/oids.ts";
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

/** What a purpose can be served with. */
interface Fit {
  /** One of these at least serves the purpose. */
  readonly serves: readonly KeyUsage[];
  /** What issuers everywhere set beside them. */
  readonly besides?: readonly KeyUsage[];
}

/** The usages that fit each purpose (RFC 5280, 4.2.1.12). */
const FITS: ReadonlyMap<string, Fit> = new Map(
  (
    [
      ["serverAuth", { serves: ["digitalSignature", "keyEncipherment", "keyAgreement"] }],
      // An RSA key's keyEncipherment is the server's part of a key exchange, and set in devices' certificates all the same.
      ["clientAuth", { serves: ["digitalSignature", "keyAgreement"], besides: ["keyEncipherment"] }],
      ["codeSigning", { serves: ["digitalSignature"] }],
      [
        "emailProtection",
        { serves: ["digitalSignature", "nonRepudiation", "keyEncipherment", "keyAgreement"] },
      ],
      ["timeStamping", { serves: ["digitalSignature", "nonRepudiation"] }],
      ["OCSPSigning", { serves: ["digitalSignature", "nonRepudiation"] }],
    ] as const
  ).map(([name, fit]) => [purposeOid(name) as string, fit]),
);

const ANY_PURPOSE = purposeOid("anyExtendedKeyUsage") as string;

const extKeyUsageFits: Rule = {
  id: "key-usage-ext-key-usage-consistent",
  title: "keyUsage serves every purpose in extKeyUsage, and has no usage that fits none of them.",
  citation: "RFC 5280, 4.2.1.12",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      // A CA's extKeyUsage is about the certificates below it.
      if (known.basicConstraints?.ca === true) return undefined;
      const usages = known.keyUsage?.usages;
      const purposes = known.extKeyUsage?.purposes;
      // An empty keyUsage, and a device's keyCertSign, have rules of their own.
      if (usages === undefined || purposes === undefined || usages.length === 0) return undefined;
      let open = false;
      let unserved: string | undefined;
      for (const purpose of purposes) {
        const fit = FITS.get(purpose);
        if (fit === undefined) open = true;
        else if (!fit.serves.some((usage) => usages.includes(usage))) unserved ??= purpose;
      }
      const stray = open
        ? undefined
        : usages.find((usage) => usage !== "keyCertSign" && !fitsOne(usage, purposes));
      if (unserved === undefined && stray === undefined) return undefined;
      const serves = listing(FITS.get(unserved ?? "")?.serves ?? [], "or");
      return {
        message:
          unserved === undefined
            ? `keyUsage has ${stray}, which fits no purpose in extKeyUsage`
            : `extKeyUsage names ${purposeName(unserved)}, for which keyUsage allows nothing`,
        expected: unserved === undefined ? "usages that fit a purpose named" : `keyUsage with ${serves}`,
        actual: `keyUsage ${listing(usages)}; extKeyUsage ${listing(purposes.map(purposeName))}`,
        hint: reissue(role, "with keyUsage digitalSignature and extKeyUsage clientAuth"),
      };
    };
  },
};

function fitsOne(usage: KeyUsage, purposes: readonly string[]): boolean {
  for (const purpose of purposes) {
    const fit = FITS.get(purpose);
    if (fit?.serves.includes(usage) === true || fit?.besides?.includes(usage) === true) return true;
  }
  return false;
}

const extKeyUsageAnyCritical: Rule = {
  id: "ext-key-usage-any-critical",
  title: "extKeyUsage with anyExtendedKeyUsage is not critical.",
  citation: "RFC 5280, 4.2.1.12",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const found = known.extKeyUsage;
      if (found?.critical !== true || !found.purposes.includes(ANY_PURPOSE)) return undefined;
      return {
        message: "extKeyUsage allows any purpose and is marked critical all the same",
        expected: "not critical, or without anyExtendedKeyUsage",
        actual: `critical, ${listing(found.purposes.map(purposeName))}`,
        hint: reissue(role, "with extKeyUsage not critical, or with the purposes that it is for"),
      };
    };
  },
};

/** The rules on extKeyUsage. */
export const EXT_KEY_USAGE_RULES: readonly Rule[] = [extKeyUsage, extKeyUsageFits, extKeyUsageAnyCritical];
