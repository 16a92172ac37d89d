import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { citationFor, compilePolicy, evaluate } from "../../../src/policy/evaluate.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import type { Policy, Role, RuleUse } from "../../../src/policy/policy.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import { formatName } from "../../../src/x509/name-format.ts";
import { chainMaker, judgedIn } from "./sample-chain.ts";
import { SAMPLE_RULES } from "./sample-rules.ts";

const rfc5280 = loadPolicy("rfc5280", () => "");
const chain = chainMaker()(rfc5280);
const judged = (role: Role) => judgedIn(chain, role);

function policy(rules: Readonly<Record<string, RuleUse>>, sources: Policy["sources"] = {}): Policy {
  return { name: "x", title: "X", extends: [], sources, issue: {}, rules };
}

describe("compilePolicy", () => {
  it("gives findings in the order of the rules, with the policy's severity and the certificate's subject", () => {
    const judge = compilePolicy(
      policy({
        "device-only": { severity: "info" },
        length: { severity: "error", parameters: { maximum: 3 } },
        present: { severity: "error" },
      }),
      () => false,
      SAMPLE_RULES,
    );
    const rest = { subject: formatName(chain.device.subject), expected: "e", actual: "a", hint: "h" };
    expect(judge.evaluate(judged("device"))).toEqual([
      { ...rest, rule: "length", severity: "error", message: 'device {"maximum":3}', citation: "RFC 1, 2.3" },
      { ...rest, rule: "device-only", severity: "info", message: "first", citation: "RFC 2, 1" },
      { ...rest, rule: "device-only", severity: "info", message: "second", citation: "RFC 2, 1" },
    ]);
    expect(judge.evaluate(judged("root")).map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      `length ${formatName(chain.root.subject)}`,
    ]);
  });

  it("takes a role's own severity and parameters over the rule's, and runs nothing that is off", () => {
    const length: RuleUse = {
      severity: "error",
      parameters: { maximum: 1 },
      roles: {
        root: "off",
        intermediate: { severity: "off" },
        device: { severity: "warning", parameters: { maximum: 9 } },
      },
    };
    const judge = compilePolicy(
      policy({ length, "device-only": { severity: "off" } }),
      () => false,
      SAMPLE_RULES,
    );
    const said = (role: Role): string[] =>
      judge.evaluate({ ...judged("device"), role }).map(({ severity, message }) => `${severity} ${message}`);
    expect(said("root")).toEqual([]);
    expect(said("intermediate")).toEqual([]);
    expect(said("device")).toEqual(['warning device {"maximum":9}']);
  });

  it("binds each rule once per role, however many certificates are judged", () => {
    const bound: string[] = [];
    const counting: Rule[] = SAMPLE_RULES.map((rule) => ({
      ...rule,
      bind: (parameters, role, isKnownKey) => {
        bound.push(`${rule.id} ${role}`);
        return rule.bind(parameters, role, isKnownKey);
      },
    }));
    const judge = compilePolicy(
      policy({ length: { severity: "error", parameters: { maximum: 1 } }, present: { severity: "info" } }),
      () => false,
      counting,
    );
    for (const role of ["device", "root", "device", "root"] as const) judge.evaluate(judged(role));
    expect(bound).toEqual(["length device", "present device", "length root", "present root"]);
  });

  it("lets a rule's own bug through", () => {
    const broken: Rule = {
      ...(SAMPLE_RULES[1] as Rule),
      bind: () => () => {
        throw new TypeError("a bug");
      },
    };
    const judge = compilePolicy(policy({ present: { severity: "error" } }), () => false, [broken]);
    expect(() => judge.evaluate(judged("device"))).toThrow(TypeError);
  });

  it("refuses a policy that names a rule there is not, so that none is silently passed over", () => {
    expect(() => compilePolicy(policy({ lenght: { severity: "error" } }), () => false, SAMPLE_RULES)).toThrow(
      SamicertsError,
    );
  });
});

describe("evaluate", () => {
  it("judges by the real rules", () => {
    expect(evaluate(judged("device"), rfc5280, () => false)).toEqual([]);
    const asRoot = evaluate({ ...judged("device"), role: "root" }, rfc5280, () => false).map(
      (finding) => finding.rule,
    );
    expect(asRoot).toContain("basic-constraints");
    expect(asRoot).toContain("key-usage-ca");
  });
});

describe("citationFor", () => {
  const [length] = SAMPLE_RULES as readonly [Rule];
  it.each([
    [undefined, "RFC 1, 2.3"],
    ["The platform", "The platform; RFC 1, 2.3"],
    ["RFC 1", "RFC 1, 2.3"],
    ["RFC 1, 2.3, as amended", "RFC 1, 2.3, as amended"],
  ])("joins the source %j with the rule's own document", (source, citation) => {
    const use: RuleUse = { severity: "error", ...(source === undefined ? {} : { source: "s" }) };
    expect(citationFor(length, policy({ length: use }, source === undefined ? {} : { s: source }))).toBe(
      citation,
    );
  });
});
