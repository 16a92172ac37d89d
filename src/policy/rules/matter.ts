import { TAG, tagName } from "../../x509/tag.ts";
import { ROLES, type Role } from "../policy.ts";
import type { Check, Flaw, Rule } from "../rule.ts";
import { countAttributes, nthAttribute, valuesOf } from "./name-attributes.ts";
import { oneOf, parametersSchema } from "./schema.ts";
import { listing, quoted, reissueWith } from "./wording.ts";

const CITATION = "Matter Core Specification, 6.2.2";

/** One of Matter's two attributes: what it is called, and its type. */
interface MatterId {
  readonly name: "VID" | "PID";
  readonly words: string;
  readonly oid: string;
  /** What `--attribute` calls it, with a value as an example. */
  readonly flag: string;
}

const VID: MatterId = {
  name: "VID",
  words: "vendor id",
  oid: "1.3.6.1.4.1.37244.2.1",
  flag: "matterVid=FFF1",
};
const PID: MatterId = {
  name: "PID",
  words: "product id",
  oid: "1.3.6.1.4.1.37244.2.2",
  flag: "matterPid=8000",
};

const matterVendorId: Rule = {
  id: "matter-vendor-id",
  title: "The subject names the vendor (VID) once, as the role asks.",
  citation: CITATION,
  roles: ROLES,
  parameters: parametersSchema(
    { presence: oneOf(["required", "optional"], "whether the subject must have a VID") },
    ["presence"],
  ),
  bind: ({ presence }, role) => presenceCheck(VID, presence as string, role),
};

const matterVendorIdMatches: Rule = {
  id: "matter-vendor-id-matches",
  title: "The subject's VID is the issuer's, where the issuer has one.",
  citation: CITATION,
  roles: ["intermediate", "device"],
  bind: () => matchCheck(VID),
};

const matterProductId: Rule = {
  id: "matter-product-id",
  title: "The subject names the product (PID) once or not at all, as the role asks.",
  citation: CITATION,
  roles: ROLES,
  parameters: parametersSchema(
    {
      presence: oneOf(
        ["required", "optional", "absent"],
        "whether the subject must, may or must not have a PID",
      ),
    },
    ["presence"],
  ),
  bind: ({ presence }, role) => presenceCheck(PID, presence as string, role),
};

const matterProductIdMatches: Rule = {
  id: "matter-product-id-matches",
  title: "The subject's PID is the issuer's, where the issuer has one.",
  citation: CITATION,
  roles: ["device"],
  bind: () => matchCheck(PID),
};

function presenceCheck(id: MatterId, presence: string, role: Role): Check {
  const least = presence === "required" ? 1 : 0;
  const most = presence === "absent" ? 0 : 1;
  const expected =
    most === 0 ? `no ${id.name}` : least === 0 ? `at most one ${id.name}` : `exactly one ${id.name}`;
  return ({ certificate: { subject } }) => {
    const count = countAttributes(subject, id.oid);
    if (count >= least && count <= most) return undefined;
    const problem =
      count < least ? `has no ${id.name}` : most === 0 ? `has a ${id.name}` : `has ${count} ${id.name}s`;
    return {
      message: `the subject ${problem} (${id.words})`,
      expected,
      actual: count === 0 ? `no ${id.name}` : listing(valuesOf(subject, id.oid).map(quoted)),
      hint:
        count < least && role === "device"
          ? reissueWith(role, `with ${expected} in the subject`, `--attribute ${id.flag}`)
          : reissueWith(role, `with ${expected} in the subject, attribute type ${id.oid}`),
    };
  };
}

function matchCheck(id: MatterId): Check {
  return ({ certificate: { subject }, issuer }) => {
    if (issuer === undefined) return undefined;
    const wanted = nthAttribute(issuer.subject, id.oid);
    const found = nthAttribute(subject, id.oid);
    if (wanted === undefined || found === undefined || found.text === wanted.text) return undefined;
    return {
      message: `the subject's ${id.name} (${id.words}) is not the issuer's`,
      expected: `${id.name} ${quoted(wanted.text)}`,
      actual: `${id.name} ${quoted(found.text)}`,
      hint: `have it issued with its issuer's ${id.name}, or by an issuer that has ${quoted(found.text)}`,
    };
  };
}

const matterIdForm: Rule = {
  id: "matter-id-form",
  title: "VID and PID are four upper-case hex digits in a UTF8String.",
  citation: CITATION,
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { subject } }) => {
      let flaws: Flaw[] | undefined;
      for (const rdn of subject.rdns) {
        for (const { oid, text, tag } of rdn) {
          const id = oid === VID.oid ? VID : oid === PID.oid ? PID : undefined;
          if (id === undefined || (tag === TAG.utf8String && FOUR_DIGITS.test(text))) continue;
          flaws ??= [];
          flaws.push({
            message: `the ${id.name} (${id.words}) is not written as Matter asks`,
            expected: "four upper-case hex digits in a UTF8String, such as FFF1",
            actual: `${quoted(text)} in a ${tagName(tag)}`,
            hint: reissueWith(role, `with the ${id.name} as four upper-case hex digits`),
          });
        }
      }
      return flaws;
    };
  },
};

const FOUR_DIGITS = /^[0-9A-F]{4}$/;

/** The rules on Matter's vendor and product ids. */
export const MATTER_RULES: readonly Rule[] = [
  matterVendorId,
  matterVendorIdMatches,
  matterProductId,
  matterProductIdMatches,
  matterIdForm,
];
