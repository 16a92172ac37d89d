import type { VerifiedCertificate } from "../actions/verify.ts";
import type { Finding } from "../base/finding.ts";
import { count, type Field, fieldLines, groupDigits, padTo, visible, wrap } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";
import { countVerdicts, gravity, tallyRules, type VerifyRun, verdictOf } from "./verify-run.ts";

/** Up to so many certificates, every one has its line. */
const LISTED = 20;
/** So many certificates with findings are told in full. */
const DETAILED = 50;

/** How verify's result is laid out for a person. */
export interface VerifyStyle {
  readonly paint: Paint;
  /** List everything, however much. */
  readonly verbose: boolean;
  /** Only what is wrong. */
  readonly quiet: boolean;
  /** Columns. */
  readonly width: number;
}

/**
 * Verify's result for a person: a line for each certificate, its findings below, and a summary.
 * Of many certificates those without fault are only counted, and a flood of faults is cut short and tallied.
 */
export function* verifyText(run: VerifyRun, style: VerifyStyle): Generator<string> {
  const all = style.verbose || run.certificates.length <= LISTED;
  let detailed = 0;
  let omitted = 0;
  for (const certificate of run.certificates) {
    const verdict = verdictOf(certificate, run.failOn);
    if (verdict === "compliant" && (style.quiet || !all)) continue;
    if (verdict !== "compliant" && detailed >= DETAILED && !style.verbose) {
      omitted++;
      continue;
    }
    if (verdict !== "compliant") detailed++;
    yield `${certificateLines(certificate, verdict, style).join("\n")}\n`;
  }
  if (omitted > 0)
    yield `... and ${groupDigits(omitted)} more like these: --verbose lists them, --json has them all\n`;
  if (style.quiet) return;
  if (!all || omitted > 0) yield tallyText(run, style.paint);
  yield summaryText(run, style.paint);
}

function certificateLines(
  verified: VerifiedCertificate,
  verdict: VerifiedCertificate["verdict"],
  style: VerifyStyle,
): string[] {
  const { paint } = style;
  const place = visible(verified.source) + (verified.index > 0 ? `#${verified.index + 1}` : "");
  if (verdict === "unreadable")
    return [`${paint.bad("unreadable")}  ${place}`, ...errorLines(verified, style)];
  const mark = verdict === "compliant" ? paint.good("ok") : paint.bad("not ok");
  const parts = [mark, place];
  if (verified.certificate !== undefined) {
    const { subject, serial } = verified.certificate;
    parts.push(paint.strong(visible(shortName(subject))), serialText(serial));
  }
  if (verified.keyMatches === true) parts.push("key matches");
  const findings = [...verified.findings].sort((a, b) => gravity(b.severity) - gravity(a.severity));
  return [parts.join("  "), ...findings.flatMap((finding) => findingLines(finding, verified, style))];
}

function errorLines({ error }: VerifiedCertificate, { paint, width }: VerifyStyle): string[] {
  if (error === undefined) return [];
  const [first = "", ...rest] = wrap(`error ${visible(error.message)}`, width - 4);
  return [
    `  ${paint.bad("error")}${first.slice("error".length)}`,
    ...rest.map((line) => `    ${line}`),
    ...fieldLines([["to mend", visible(error.hint)]], 4, width),
  ];
}

function findingLines(finding: Finding, verified: VerifiedCertificate, style: VerifyStyle): string[] {
  const { paint, width } = style;
  const colour =
    finding.severity === "error" ? paint.bad : finding.severity === "warning" ? paint.warn : paint.faint;
  const head = `${finding.severity} ${finding.rule}:`;
  const [first = "", ...rest] = wrap(`${head} ${visible(finding.message)}`, width - 4);
  const fields: Field[] = [];
  if (finding.subject !== verified.certificate?.subject) fields.push(["about", visible(finding.subject)]);
  if (finding.expected !== "") fields.push(["expected", visible(finding.expected)]);
  if (finding.actual !== "") fields.push(["found", visible(finding.actual)]);
  if (finding.citation !== "") fields.push(["source", visible(finding.citation)]);
  if (finding.hint !== "") fields.push(["to mend", visible(finding.hint)]);
  return [
    `  ${colour(first.slice(0, head.length))}${first.slice(head.length)}`,
    ...rest.map((line) => `    ${line}`),
    ...fieldLines(fields, 4, width),
  ];
}

function tallyText(run: VerifyRun, paint: Paint): string {
  const tallies = tallyRules(run.certificates);
  if (tallies.length === 0) return "";
  const names = Math.max(...tallies.map(({ rule }) => rule.length));
  const lines = tallies.map(({ rule, severity, certificates }) => {
    const colour = severity === "error" ? paint.bad : severity === "warning" ? paint.warn : paint.faint;
    return `  ${colour(padTo(severity, 7))}  ${padTo(rule, names)}  ${count(certificates, "certificate")}`;
  });
  return `findings by rule:\n${lines.join("\n")}\n`;
}

function summaryText(run: VerifyRun, paint: Paint): string {
  const counts = countVerdicts(run);
  const parts: string[] = [];
  if (counts.compliant > 0) parts.push(paint.good(`${groupDigits(counts.compliant)} compliant`));
  if (counts.nonCompliant > 0) parts.push(paint.bad(`${groupDigits(counts.nonCompliant)} not compliant`));
  if (counts.unreadable > 0) parts.push(paint.bad(`${groupDigits(counts.unreadable)} unreadable`));
  if (counts.warnings > 0) parts.push(paint.warn(`${groupDigits(counts.warnings)} with warnings`));
  const rules = run.policy === "none" ? "path alone, no policy" : `policy ${visible(run.policy)}`;
  return `${count(counts.total, "certificate")}: ${parts.join(", ")}; ${rules}\n`;
}

/** Both forms of a serial number. */
export function serialText(serial: { readonly decimal: string; readonly hex: string }): string {
  return `${serial.decimal} (${serial.hex.startsWith("0x") ? serial.hex : `0x${serial.hex}`})`;
}
