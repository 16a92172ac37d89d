import type { Finding } from "../base/finding.ts";
import { count, type Field, fieldLines, groupDigits, padTo, visible, wrap } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";
import {
  gravity,
  type RuleTally,
  type ToldCertificate,
  type VerifyCounts,
  type VerifyReport,
  type VerifyRun,
  type VerifyTeller,
  verdictOf,
} from "./verify-run.ts";

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

/** Chooses what a person is told of: of many certificates not those without fault, and of a flood of faults the first. */
export function humanTeller(
  failOn: VerifyRun["failOn"],
  style: Pick<VerifyStyle, "verbose" | "quiet">,
): VerifyTeller<readonly ToldCertificate[]> {
  let seen = 0;
  let faults = 0;
  return {
    // What is not the first here is not the first of all either, wherever else certificates are told of.
    wants(judgement) {
      const compliant = verdictOf(judgement, failOn) === "compliant";
      const before = compliant ? seen < LISTED && !style.quiet : faults++ < DETAILED;
      seen++;
      return before || (style.verbose && !(compliant && style.quiet));
    },
    tell: (certificates) => certificates,
  };
}

/**
 * Verify's result for a person: a line for each certificate, its findings below, and a summary.
 * Of many certificates those without fault are only counted, and a flood of faults is cut short and tallied.
 */
export function humanReport(run: VerifyRun, style: VerifyStyle): VerifyReport<readonly ToldCertificate[]> {
  /** What there is while it may still be little enough to be listed whole; undefined once it is not. */
  let held: ToldCertificate[] | undefined = [];
  let faults = 0;

  const told = (certificates: readonly ToldCertificate[], all: boolean): string => {
    let text = "";
    for (const certificate of certificates) {
      const verdict = verdictOf(certificate, run.failOn);
      if (verdict === "compliant" && (style.quiet || !all)) continue;
      if (verdict !== "compliant" && faults++ >= DETAILED && !style.verbose) continue;
      text += `${certificateLines(certificate, verdict, style).join("\n")}\n`;
    }
    return text;
  };

  return {
    countsFirst: false,
    begin: () => "",
    add(certificates, { total }) {
      if (style.verbose || held === undefined) return told(certificates, style.verbose);
      held.push(...certificates);
      if (total <= LISTED) return "";
      const first = held;
      held = undefined;
      return told(first, false);
    },
    end(tally) {
      const all = style.verbose || held !== undefined;
      let text = told(held ?? [], true);
      const { nonCompliant, unreadable } = tally.counts;
      const omitted = style.verbose ? 0 : Math.max(0, nonCompliant + unreadable - DETAILED);
      if (omitted > 0)
        text += `... and ${groupDigits(omitted)} more like these: --verbose lists them, --json has them all\n`;
      if (style.quiet) return text;
      if (!all || omitted > 0) text += tallyText(tally.rules, style.paint);
      return text + summaryText(run, tally.counts, style.paint);
    },
  };
}

function certificateLines(
  told: ToldCertificate,
  verdict: ToldCertificate["verdict"],
  style: VerifyStyle,
): string[] {
  const { paint } = style;
  const place = visible(told.source) + (told.index > 0 ? `#${told.index + 1}` : "");
  if (verdict === "unreadable") return [`${paint.bad("unreadable")}  ${place}`, ...errorLines(told, style)];
  const mark = verdict === "compliant" ? paint.good("ok") : paint.bad("not ok");
  const parts = [mark, place];
  if (told.certificate !== undefined) {
    const { subject, serial } = told.certificate;
    parts.push(paint.strong(visible(shortName(subject))), serialText(serial));
  }
  if (told.keyMatches === true) parts.push("key matches");
  const findings = [...told.findings].sort((a, b) => gravity(b.severity) - gravity(a.severity));
  return [parts.join("  "), ...findings.flatMap((finding) => findingLines(finding, told, style))];
}

function errorLines({ error }: ToldCertificate, { paint, width }: VerifyStyle): string[] {
  if (error === undefined) return [];
  const [first = "", ...rest] = wrap(`error ${visible(error.message)}`, width - 4);
  return [
    `  ${paint.bad("error")}${first.slice("error".length)}`,
    ...rest.map((line) => `    ${line}`),
    ...fieldLines([["to mend", visible(error.hint)]], 4, width),
  ];
}

function findingLines(finding: Finding, told: ToldCertificate, style: VerifyStyle): string[] {
  const { paint, width } = style;
  const colour =
    finding.severity === "error" ? paint.bad : finding.severity === "warning" ? paint.warn : paint.faint;
  const head = `${finding.severity} ${finding.rule}:`;
  const [first = "", ...rest] = wrap(`${head} ${visible(finding.message)}`, width - 4);
  const fields: Field[] = [];
  if (finding.subject !== told.certificate?.subject) fields.push(["about", visible(finding.subject)]);
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

function tallyText(tallies: readonly RuleTally[], paint: Paint): string {
  if (tallies.length === 0) return "";
  const names = Math.max(...tallies.map(({ rule }) => rule.length));
  const lines = tallies.map(({ rule, severity, certificates }) => {
    const colour = severity === "error" ? paint.bad : severity === "warning" ? paint.warn : paint.faint;
    return `  ${colour(padTo(severity, 7))}  ${padTo(rule, names)}  ${count(certificates, "certificate")}`;
  });
  return `findings by rule:\n${lines.join("\n")}\n`;
}

function summaryText(run: VerifyRun, counts: VerifyCounts, paint: Paint): string {
  const parts: string[] = [];
  if (counts.compliant > 0) parts.push(paint.good(`${groupDigits(counts.compliant)} compliant`));
  if (counts.nonCompliant > 0) parts.push(paint.bad(`${groupDigits(counts.nonCompliant)} not compliant`));
  if (counts.unreadable > 0) parts.push(paint.bad(`${groupDigits(counts.unreadable)} unreadable`));
  if (counts.warnings > 0) parts.push(paint.warn(`${groupDigits(counts.warnings)} with warnings`));
  const rules = run.policy === "none" ? "path alone, no policy" : `policy ${visible(run.policy)}`;
  const crls = run.crls === undefined ? "" : `, ${count(run.crls.length, "CRL")}`;
  const summary = `${count(counts.total, "certificate")}: ${parts.join(", ")}; ${rules}${crls}\n`;
  if (run.manifest === undefined) return summary;
  const { path, batch, created, signedBy } = run.manifest;
  const manifest = `manifest ${visible(path)}: signed by ${visible(shortName(signedBy))}, batch ${visible(batch)} of ${created}\n`;
  return manifest + summary;
}

/** Both forms of a serial number. */
export function serialText(serial: { readonly decimal: string; readonly hex: string }): string {
  return `${serial.decimal} (${serial.hex.startsWith("0x") ? serial.hex : `0x${serial.hex}`})`;
}
