import { asPath, policyInForce, readPolicyFile } from "../../open-policy.ts";
import { BUILTIN_POLICIES } from "../../policy/builtin.ts";
import { comparePolicies } from "../../policy/compare.ts";
import { describePolicy } from "../../policy/describe.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { policyListText, policyShowText } from "../../report/human-policy.ts";
import { policyDiffText } from "../../report/human-policy-diff.ts";
import { policyCheckJson, policyDiffJson, policyJson, policyListJson } from "../../report/json-policy.ts";
import { count } from "../../report/layout.ts";
import type { CommandModule, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { openVendorDirectory } from "../vendor-directory.ts";

/** `policy list`: the built-in policies, and the one in force. */
export const list: CommandModule = {
  run({ flags, host, paint }) {
    const workspace = openVendorDirectory(flags);
    const own = workspace.readPolicyText()?.path;
    const inForce = policyInForce(undefined, workspace);
    const rows = [...BUILTIN_POLICIES.values()].map(({ name, title }) => ({
      name,
      title,
      inForce: own === undefined && name === inForce.name,
    }));
    if (own !== undefined) rows.unshift({ name: own, title: inForce.title, inForce: true });
    return done(
      flags.on(FLAG.json) ? policyListJson(rows) : policyListText(rows, paint, host.stdout.columns),
    );
  },
};

/** `policy show`: everything that a policy asks for. */
export const show: CommandModule = {
  run({ operands, flags, host, paint }) {
    const policy = describePolicy(policyInForce(operands[0], openVendorDirectory(flags)));
    return done(
      flags.on(FLAG.json) ? policyJson(policy) : policyShowText(policy, paint, host.stdout.columns),
    );
  },
};

/** `policy check`: whether a policy file is sound; where it is not, the error names its line and key. */
export const check: CommandModule = {
  run({ operands, flags, paint }) {
    const [file = ""] = operands;
    const policy = describePolicy(loadPolicy(asPath(file), readPolicyFile));
    if (flags.on(FLAG.json)) return done(policyCheckJson(file, policy));
    if (flags.on(FLAG.quiet)) return done("");
    return done(
      `${paint.good("sound")}  ${file}  ${policy.name}, ${count(policy.rules.length, "rule")} in force\n`,
    );
  },
};

/** `policy diff`: where two policies differ. */
export const diff: CommandModule = {
  run(call) {
    const { flags, host, paint } = call;
    const [from = "", to = ""] = call.operands;
    const differences = comparePolicies(loadPolicy(from, readPolicyFile), loadPolicy(to, readPolicyFile));
    return done(
      flags.on(FLAG.json)
        ? policyDiffJson(from, to, differences)
        : policyDiffText(from, to, differences, paint, host.stdout.columns),
    );
  },
};

function done(out: string): Outcome {
  return { exitCode: EXIT.done, out };
}
