import { KEY_USAGES, type KeyUsage } from "../../x509/oids.ts";
import type { PublicKey } from "../../x509/public-key.ts";
import { ROLES } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { oneOf, parametersSchema, someOf } from "./schema.ts";
import { counted, hex, listing, reissue } from "./wording.ts";

const keyUsage: Rule = {
  id: "key-usage",
  title: "keyUsage has the bits that the role needs, and no others where the policy names those allowed.",
  citation: "RFC 5280, 4.2.1.3",
  roles: ROLES,
  parameters: parametersSchema(
    {
      presence: oneOf(["required", "optional"], "whether the extension must be there"),
      required: someOf(KEY_USAGES, "bits that must be set where the extension is there"),
      optional: someOf(KEY_USAGES, "bits that may be set too; without this list, any may"),
      optionalRsa: someOf(KEY_USAGES, "bits that may be set too where the key is RSA"),
    },
    ["presence"],
  ),
  bind(parameters, role) {
    const mandatory = parameters.presence === "required";
    const required = (parameters.required ?? []) as readonly KeyUsage[];
    const optional = parameters.optional as readonly KeyUsage[] | undefined;
    const allowed = optional === undefined ? undefined : new Set([...required, ...optional]);
    const optionalRsa = (parameters.optionalRsa ?? []) as readonly KeyUsage[];
    const allowedRsa = allowed === undefined ? undefined : new Set([...allowed, ...optionalRsa]);
    return ({ certificate: { known, publicKey } }) => {
      const found = known.keyUsage?.usages;
      if (found === undefined && !mandatory) return undefined;
      const limit = publicKey.kind === "rsa" ? allowedRsa : allowed;
      if (found !== undefined && hasAll(found, required) && hasOnly(found, limit)) return undefined;
      const expected = inWords(required, limit);
      const lacking = required.filter((usage) => found?.includes(usage) !== true);
      const surplus = (found ?? []).filter((usage) => limit?.has(usage) === false);
      return {
        message:
          found === undefined
            ? "keyUsage is missing"
            : `keyUsage ${[
                ...(lacking.length > 0 ? [`lacks ${listing(lacking)}`] : []),
                ...(surplus.length > 0 ? [`has ${listing(surplus)}, which this role does not need`] : []),
              ].join(" and ")}`,
        expected,
        actual: found === undefined ? "no keyUsage" : listing(found),
        hint: reissue(
          role,
          `with keyUsage ${listing(required.length > 0 ? required : [...(limit ?? found ?? [])])}`,
        ),
      };
    };
  },
};

function hasAll(found: readonly KeyUsage[], required: readonly KeyUsage[]): boolean {
  for (const usage of required) if (!found.includes(usage)) return false;
  return true;
}

function hasOnly(found: readonly KeyUsage[], allowed: ReadonlySet<KeyUsage> | undefined): boolean {
  if (allowed === undefined) return true;
  for (const usage of found) if (!allowed.has(usage)) return false;
  return true;
}

function inWords(required: readonly KeyUsage[], allowed: ReadonlySet<KeyUsage> | undefined): string {
  const must = required.length === 0 ? "keyUsage" : `keyUsage with ${listing(required)}`;
  if (allowed === undefined) return must;
  const may = [...allowed].filter((usage) => !required.includes(usage));
  return may.length === 0 ? `${must} only` : `${must}; ${listing(may, "or")} allowed too`;
}

const keyUsageCa: Rule = {
  id: "key-usage-ca",
  title: "A CA's certificate has keyUsage with keyCertSign.",
  citation: "RFC 5280, 4.2.1.3",
  roles: ["root", "intermediate"],
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const found = known.keyUsage?.usages;
      if (found?.includes("keyCertSign") === true) return undefined;
      return {
        message:
          found === undefined ? "a CA's certificate has no keyUsage" : "a CA's keyUsage lacks keyCertSign",
        expected: "keyUsage with keyCertSign",
        actual: found === undefined ? "no keyUsage" : listing(found),
        hint: reissue(role, "with keyUsage keyCertSign and cRLSign"),
      };
    };
  },
};

const keyUsageEndEntity: Rule = {
  id: "key-usage-end-entity",
  title: "A device's keyUsage does not have keyCertSign.",
  citation: "RFC 5280, 4.2.1.3",
  roles: ["device"],
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const found = known.keyUsage?.usages;
      if (found?.includes("keyCertSign") !== true) return undefined;
      return {
        message: "a device's certificate has keyCertSign, which only a CA may have",
        expected: "no keyCertSign",
        actual: listing(found),
        hint: reissue(role, "without keyCertSign"),
      };
    };
  },
};

const keyUsageCritical: Rule = {
  id: "key-usage-critical",
  title: "keyUsage, where present, is critical.",
  citation: "RFC 5280, 4.2.1.3",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      if (known.keyUsage?.critical !== false) return undefined;
      return {
        message: "keyUsage is not marked critical",
        expected: "keyUsage marked critical",
        actual: "not critical",
        hint: reissue(role, "with keyUsage marked critical"),
      };
    };
  },
};

const keyUsageNonempty: Rule = {
  id: "key-usage-nonempty",
  title: "keyUsage, where present, has at least one bit set.",
  citation: "RFC 5280, 4.2.1.3",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      if (known.keyUsage?.usages.length !== 0) return undefined;
      return {
        message: "keyUsage is there but allows nothing",
        expected: "at least one bit set",
        actual: "no bit set",
        hint: reissue(
          role,
          role === "device" ? "with keyUsage digitalSignature" : "with keyUsage keyCertSign and cRLSign",
        ),
      };
    };
  },
};

const keyUsageEncoding: Rule = {
  id: "key-usage-encoding",
  title: "keyUsage's last octet ends with a bit that is set: zero bits after it are counted as unused.",
  citation: "RFC 5280, 4.2.1.3; X.690, 11.2.2",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const bits = known.keyUsage?.bits;
      if (bits === undefined) return undefined;
      const { bytes, unusedBits } = bits;
      const last = bytes[bytes.length - 1];
      if (last === undefined || last === 0 || ((last >> unusedBits) & 1) === 1) return undefined;
      return {
        message: "keyUsage is not written as DER asks: the zero bits at its end are not left out",
        expected: `${counted(31 - Math.clz32(last & -last), "unused bit")} in the last octet`,
        actual: `${counted(unusedBits, "unused bit")}, octets ${hex(bytes)}`,
        hint: reissue(role, "with keyUsage encoded anew"),
      };
    };
  },
};

const keyUsageOctets: Rule = {
  id: "key-usage-octets",
  title: "keyUsage has no octet of zeros at its end, and no bit that RFC 5280 does not define.",
  citation: "RFC 5280, 4.2.1.3; X.690, 11.2.2",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known } }) => {
      const bits = known.keyUsage?.bits;
      if (bits === undefined) return undefined;
      const { bytes, unusedBits } = bits;
      const defined = bytes.length * 8 - unusedBits <= KEY_USAGES.length;
      const superfluous = bytes.length > 0 && bytes[bytes.length - 1] === 0;
      if (defined && !superfluous) return undefined;
      return {
        message: superfluous
          ? "keyUsage is not written as DER asks: an octet of zeros at its end is not left out"
          : "keyUsage has bits that are not defined",
        expected: `at most ${KEY_USAGES.length} bits, without zeros at the end`,
        actual: `${counted(bytes.length * 8 - unusedBits, "bit")}, octets ${hex(bytes)}`,
        hint: reissue(role, "with keyUsage encoded anew"),
      };
    };
  },
};

const EC_CANNOT: ReadonlySet<KeyUsage> = new Set<KeyUsage>(["keyEncipherment", "dataEncipherment"]);
const ED25519_CANNOT: ReadonlySet<KeyUsage> = new Set<KeyUsage>([
  ...EC_CANNOT,
  "keyAgreement",
  "encipherOnly",
  "decipherOnly",
]);
const CANNOT: ReadonlyMap<PublicKey["kind"], ReadonlySet<KeyUsage>> = new Map([
  ["ec", EC_CANNOT],
  ["ed25519", ED25519_CANNOT],
]);

const keyUsageFitsKey: Rule = {
  id: "key-usage-fits-key",
  title: "keyUsage asserts nothing that the key can't do, such as encipherment with an EC key.",
  citation: "RFC 8813, 3; RFC 9295, 3",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { known, publicKey } }) => {
      const cannot = CANNOT.get(publicKey.kind);
      const found = known.keyUsage?.usages;
      if (cannot === undefined || found === undefined || !hasAny(found, cannot)) return undefined;
      const wrong = found.filter((usage) => cannot.has(usage));
      return {
        message: `keyUsage asserts ${listing(wrong)}, which ${publicKey.label} keys can't do`,
        expected: `no ${listing([...cannot], "or")} with ${publicKey.label}`,
        actual: listing(found),
        hint: reissue(role, `without ${listing(wrong)}, or with an RSA key`),
      };
    };
  },
};

function hasAny(found: readonly KeyUsage[], unwanted: ReadonlySet<KeyUsage>): boolean {
  for (const usage of found) if (unwanted.has(usage)) return true;
  return false;
}

/** The rules on keyUsage. */
export const KEY_USAGE_RULES: readonly Rule[] = [
  keyUsage,
  keyUsageCa,
  keyUsageEndEntity,
  keyUsageCritical,
  keyUsageNonempty,
  keyUsageEncoding,
  keyUsageOctets,
  keyUsageFitsKey,
];
