import type { Finding } from "../base/finding.ts";
import { shortName } from "./subject.ts";
import {
  type ToldCertificate,
  type VerifyReport,
  type VerifyRun,
  type VerifyTeller,
  verdictOf,
} from "./verify-run.ts";

/** Tells of every certificate as a test case, in text. */
export function junitTeller(failOn: VerifyRun["failOn"]): VerifyTeller<string> {
  return {
    wants: () => true,
    tell: (certificates) => certificates.map((certificate) => testCase(certificate, failOn)).join(""),
  };
}

/**
 * Verify's result as JUnit XML: one suite, a test case for each certificate, a failure for each that is not compliant.
 */
export function junitReport(run: VerifyRun): VerifyReport<string> {
  return {
    countsFirst: true,
    begin({ total, nonCompliant, unreadable }) {
      const counts = `tests="${total}" failures="${nonCompliant}" errors="${unreadable}"`;
      const timestamp = attribute(run.at.replace(/Z$/, ""));
      return (
        '<?xml version="1.0" encoding="UTF-8"?>\n' +
        `<testsuites name="samicerts verify" ${counts} time="0">\n` +
        `  <testsuite name="${attribute(`policy ${run.policy}`)}" ${counts} skipped="0" time="0"` +
        ` timestamp="${timestamp}">\n`
      );
    },
    add: (told) => told,
    end: () => "  </testsuite>\n</testsuites>\n",
  };
}

function testCase(told: ToldCertificate, failOn: VerifyRun["failOn"]): string {
  const { source, index, certificate, findings, error } = told;
  const place = index > 0 ? `${source}#${index + 1}` : source;
  const name = certificate === undefined ? place : `${place} ${shortName(certificate.subject)}`;
  const head = `    <testcase classname="samicerts.verify" name="${attribute(name)}" file="${attribute(source)}" time="0"`;
  const verdict = verdictOf(told, failOn);
  const body: string[] = [];
  if (verdict === "unreadable")
    body.push(
      `      <error type="${attribute(error?.code ?? "unreadable")}" message="${attribute(error?.message ?? "unreadable")}">` +
        `${content(error?.hint ?? "")}</error>\n`,
    );
  const failing = findings.filter(
    ({ severity }) => severity === "error" || (failOn === "warning" && severity === "warning"),
  );
  const [first] = failing;
  if (first !== undefined) {
    const message =
      failing.length === 1 ? first.message : `${first.message} (and ${failing.length - 1} more)`;
    body.push(
      `      <failure type="${attribute(first.rule)}" message="${attribute(message)}">` +
        `${content(failing.map(findingText).join("\n\n"))}</failure>\n`,
    );
  }
  const others = findings.filter((finding) => !failing.includes(finding));
  if (others.length > 0)
    body.push(`      <system-out>${content(others.map(findingText).join("\n\n"))}</system-out>\n`);
  return body.length === 0 ? `${head}/>\n` : `${head}>\n${body.join("")}    </testcase>\n`;
}

function findingText(finding: Finding): string {
  return [
    `${finding.severity} ${finding.rule}: ${finding.message}`,
    `about: ${finding.subject}`,
    `expected: ${finding.expected}`,
    `found: ${finding.actual}`,
    `source: ${finding.citation}`,
    `to mend: ${finding.hint}`,
  ].join("\n");
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
]);

/** Text between tags; what XML 1.0 (2.2) can't hold, not even escaped, becomes the replacement character. */
function content(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"]/g, (character) => NAMED.get(character) ?? character)
    .replace(/\r/g, "&#13;");
}

function attribute(text: string): string {
  return content(text).replace(/\t/g, "&#9;").replace(/\n/g, "&#10;");
}
