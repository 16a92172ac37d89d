import { RULES } from "../../policy/rules/index.ts";
import { humanReport, humanTeller, type VerifyStyle } from "../../report/human-verify.ts";
import { jsonReport, jsonTeller } from "../../report/json-verify.ts";
import { junitReport, junitTeller } from "../../report/junit.ts";
import { sarifReport, sarifTeller } from "../../report/sarif.ts";
import type { VerifyReport, VerifyTeller } from "../../report/verify-run.ts";
import { VERSION } from "../version.ts";
import type { VerifyPlan } from "./plan.ts";

/** What tells of certificates for the plan's format, where they are verified. */
export function tellerFor({ format, run, verbose, quiet }: VerifyPlan): VerifyTeller<unknown> {
  if (format === "json") return jsonTeller(run.failOn);
  if (format === "junit") return junitTeller(run.failOn);
  if (format === "sarif") return sarifTeller(new Map(RULES.map(({ id, title }) => [id, title])));
  return humanTeller(run.failOn, { verbose, quiet });
}

/** What puts together what the tellers of the same plan have told. */
export function reportFor(
  { format, run, verbose, quiet }: VerifyPlan,
  style: Pick<VerifyStyle, "paint" | "width">,
): VerifyReport<unknown> {
  const report: VerifyReport<never> =
    format === "json"
      ? jsonReport(run)
      : format === "junit"
        ? junitReport(run)
        : format === "sarif"
          ? sarifReport(run, VERSION)
          : humanReport(run, { ...style, verbose, quiet });
  return report as VerifyReport<unknown>;
}
