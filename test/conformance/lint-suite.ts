import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SamicertsError } from "../../src/base/errors.ts";
import type { LintCase } from "./cases.ts";
import { LINT_RULES, LINTS_LEFT_OUT } from "./lint-rules.ts";
import { decodeMended } from "./mend.ts";
import type { JudgeAlone } from "./parse-suite.ts";
import { twoColumns } from "./report.ts";
import { outcomeOf, type Result, type SuiteResult } from "./tally.ts";

/** A text that zlint judges and nobody can read: what we say of it instead. */
const UNREADABLE: ReadonlyMap<string, { readonly rule: string; readonly why: string }> = new Map([
  [
    "zlint/w_ext_cert_policy_explicit_text_not_nfc/explicitTextBMPNotNFC.pem",
    {
      rule: "explicit-text-utf8",
      why: "the text is a BMPString of five octets, which is none: `explicit-text-utf8` refuses it",
    },
  ],
]);

/**
 * Runs zlint's certificates against the rules that stand for its lints. Many of them have a further defect that stops
 * our reader, such as an empty RDN in the issuer; where that is in another part than the lint's, it is mended first.
 */
export function runLintSuite(
  folder: string,
  cases: readonly LintCase[],
  judgeAlone: JudgeAlone,
): SuiteResult {
  const results = cases.map((one) => runLint(one, readFileSync(join(folder, one.der)), judgeAlone));
  const stopped = results.filter((result) => result.detail !== "" && result.outcome === "not judged").length;
  const strange = cases.filter((one) => !LINT_RULES.has(one.lint) && leftOut(one.lint) === undefined);
  return {
    suite: "zlint, RFC 5280",
    results,
    notes: [
      `${stopped} certificates are refused for another defect than their lint's`,
      ...[...new Set(strange.map((one) => one.lint))].map(
        (lint) => `no rule for ${lint}, and no reason why not`,
      ),
    ],
    listed: listLints(cases),
  };
}

function runLint(one: LintCase, der: Uint8Array, judgeAlone: JudgeAlone): Result {
  const rule = LINT_RULES.get(one.lint);
  let reasons: readonly string[];
  let detail = "";
  try {
    reasons = judgeAlone(decodeMended(der, one.lint));
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    detail = error.message;
    reasons = [`${error.code} ${error.message.replace(/^certificate: /, "").replace(/ at byte .*$/, "")}`];
  }
  const found = rule !== undefined && reasons.some((reason) => rule.test(reason));
  const result = { id: one.id, asked: one.expected, accepted: !found, reasons, detail };
  if (rule === undefined || (detail !== "" && !found))
    return {
      ...result,
      accepted: reasons.length === 0,
      reasons: [leftOut(one.lint) ?? `refused for another defect: ${detail}`],
      leftOut: leftOut(one.lint) ?? "another defect than the lint's, in the very part that it is about",
      outcome: "not judged",
    };
  const unreadable = UNREADABLE.get(one.id);
  if (unreadable !== undefined && reasons.includes(unreadable.rule))
    return { ...result, accepted: false, leftOut: unreadable.why, outcome: "not judged" };
  const wanted = one.expected === "error" || one.expected === "warn" ? "reject" : "accept";
  return { ...result, outcome: outcomeOf(wanted, !found, true) };
}

/** Every lint with what stands for it, or why nothing does. */
function listLints(cases: readonly LintCase[]): readonly string[] {
  const lints = [...new Set(cases.map((one) => one.lint))].sort();
  const ruled = lints.filter((lint) => LINT_RULES.has(lint));
  const left = lints.filter((lint) => !LINT_RULES.has(lint));
  return [
    ...twoColumns(
      ["lint", "rule or decoding error (a pattern)"],
      ruled.map((lint) => [lint, `\`${LINT_RULES.get(lint)?.source.replaceAll("|", "\\|")}\``] as const),
    ),
    "",
    ...twoColumns(
      ["lint that is left out", "why"],
      left.map((lint) => [lint, leftOut(lint) ?? "no reason yet"] as const),
    ),
  ];
}

function leftOut(lint: string): string | undefined {
  if (LINT_RULES.has(lint)) return undefined;
  return LINTS_LEFT_OUT.find(([pattern]) => pattern.test(lint))?.[1];
}
