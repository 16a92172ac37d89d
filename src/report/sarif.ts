import type { Finding } from "../base/finding.ts";
import type { ToldCertificate, VerifyReport, VerifyRun, VerifyTeller } from "./verify-run.ts";

/** A rule as SARIF describes it. */
export interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly properties: { readonly citation: string };
}

const UNREADABLE = "unreadable";
const UNREADABLE_RULE: SarifRule = {
  id: UNREADABLE,
  shortDescription: { text: "A certificate can be read and decoded as strict DER." },
  help: { text: "Obtain the file again or have the certificate reissued." },
  properties: { citation: "X.690, 8 and 10" },
};

/** What one chunk adds to a log. */
export interface SarifPiece {
  /** What each rule that speaks in it is, described by its first finding. */
  readonly rules: readonly SarifRule[];
  /** Each result in JSON, but for the place of its rule in the log's list, which is known where all come together. */
  readonly results: readonly { readonly rule: string; readonly rest: string }[];
}

/** Tells of certificates that have a finding or can't be read; `titles` say what each rule asks for, in a sentence, by its id. */
export function sarifTeller(titles: ReadonlyMap<string, string>): VerifyTeller<SarifPiece> {
  return {
    wants: ({ verdict, findings }) => verdict === UNREADABLE || findings.length > 0,
    tell(certificates) {
      const rules = new Map<string, SarifRule>();
      const results: { rule: string; rest: string }[] = [];
      const add = (
        rule: SarifRule,
        ...about: readonly [told: ToldCertificate, level: string, text: string, about: string]
      ) => {
        if (!rules.has(rule.id)) rules.set(rule.id, rule);
        results.push({ rule: rule.id, rest: restOfResult(rule.id, ...about) });
      };
      for (const told of certificates) {
        const { error, findings } = told;
        if (error !== undefined)
          add(UNREADABLE_RULE, told, "error", `${error.message}. ${error.hint}`, error.code);
        for (const finding of findings)
          add(describeRule(finding, titles), told, level(finding), sentence(finding), finding.subject);
      }
      return { rules: [...rules.values()], results };
    },
  };
}

/**
 * Verify's result as SARIF 2.1.0 (OASIS, 2020): each finding a result, each rule that spoke described once. Written as
 * the run goes, so the results come before the rules.
 */
export function sarifReport(run: VerifyRun, version: string): VerifyReport<SarifPiece> {
  const rules = new Map<string, { readonly place: number; readonly rule: SarifRule }>();
  let separator = "\n        ";
  return {
    countsFirst: false,
    begin: () =>
      `{\n  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",\n  "version": "2.1.0",\n` +
      `  "runs": [\n    {\n      "results": [`,
    add({ rules: described, results }) {
      for (const rule of described) if (!rules.has(rule.id)) rules.set(rule.id, { place: rules.size, rule });
      let text = "";
      for (const { rule, rest } of results) {
        text += `${separator}{\n          "ruleIndex": ${rules.get(rule)?.place},${rest}`;
        separator = ",\n        ";
      }
      return text;
    },
    end({ counts }) {
      const driver = {
        name: "samicerts",
        version,
        semanticVersion: version,
        rules: [...rules.values()].map(({ rule }) => rule),
      };
      const rest = {
        tool: { driver },
        invocations: [{ executionSuccessful: true }],
        columnKind: "utf16CodeUnits",
        properties: {
          policy: run.policy,
          at: run.at,
          certificates: counts.total,
          ...(run.manifest === undefined ? {} : { manifest: run.manifest }),
        },
      };
      const text = JSON.stringify(rest, null, 2).replaceAll("\n", "\n    ");
      return `${rules.size === 0 ? "" : "\n      "}],${text.slice(1)}\n  ]\n}\n`;
    },
  };
}

/** A result in JSON without its first member, `ruleIndex`. */
function restOfResult(
  ruleId: string,
  told: ToldCertificate,
  severity: string,
  text: string,
  about: string,
): string {
  const { source, index, certificate } = told;
  const logical = certificate === undefined ? [] : [{ name: certificate.subject, kind: "resource" }];
  const members = {
    ruleId,
    level: severity,
    message: { text },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: fileUri(source) } },
        ...(logical.length === 0 ? {} : { logicalLocations: logical }),
      },
    ],
    // What stays the same when a file moves, so that a viewer knows a finding again.
    partialFingerprints: { "certificate/v1": `${certificate?.sha256 ?? source}:${index}:${ruleId}:${about}` },
  };
  return JSON.stringify(members, null, 2).replaceAll("\n", "\n        ").slice(1);
}

function describeRule(finding: Finding, titles: ReadonlyMap<string, string>): SarifRule {
  return {
    id: finding.rule,
    shortDescription: { text: titles.get(finding.rule) ?? finding.expected },
    help: { text: `${finding.hint}. Source: ${finding.citation}.` },
    properties: { citation: finding.citation },
  };
}

function level(finding: Finding): string {
  return finding.severity === "info" ? "note" : finding.severity;
}

function sentence(finding: Finding): string {
  return `${finding.message}. Expected: ${finding.expected}. Found: ${finding.actual}. To mend: ${finding.hint}.`;
}

/** A path as a URI reference (RFC 3986): relative where the path is, so that it fits the checkout it is viewed in. */
function fileUri(path: string): string {
  const slashed = path.replace(/\p{Cs}/gu, "\ufffd").replaceAll("\\", "/");
  const encoded = slashed
    .split("/")
    .map((segment) => encodeURIComponent(segment))
    .join("/");
  if (slashed.startsWith("/")) return `file://${encoded}`;
  return /^[A-Za-z]:\//.test(slashed) ? `file:///${slashed.slice(0, 2)}${encoded.slice(4)}` : encoded;
}
