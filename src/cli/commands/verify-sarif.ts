import { RULES } from "../../policy/rules/index.ts";
import { verifySarif } from "../../report/sarif.ts";
import type { VerifyRun } from "../../report/verify-run.ts";
import { VERSION } from "../version.ts";

/** Verify's result as SARIF, with the rules' own titles. */
export function sarif(run: VerifyRun): string {
  return verifySarif(run, { version: VERSION, titles: new Map(RULES.map(({ id, title }) => [id, title])) });
}
