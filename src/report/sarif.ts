import type { VerifiedCertificate } from "../actions/verify.ts";
import type { Finding } from "../base/finding.ts";
import type { VerifyRun } from "./verify-run.ts";

/** What SARIF says of samicerts itself. */
export interface SarifTool {
  readonly version: string;
  /** What each rule asks for, in a sentence, by its id. */
  readonly titles: ReadonlyMap<string, string>;
}

interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly properties: { readonly citation: string };
}

const UNREADABLE = "unreadable";

/** Verify's result as SARIF 2.1.0 (OASIS, 2020): each finding a result, each rule that spoke described once. */
export function verifySarif(run: VerifyRun, tool: SarifTool): string {
  const rules: SarifRule[] = [];
  const places = new Map<string, number>();
  const results: unknown[] = [];
  const place = (rule: SarifRule): number => {
    const known = places.get(rule.id);
    if (known !== undefined) return known;
    places.set(rule.id, rules.length);
    return rules.push(rule) - 1;
  };
  for (const verified of run.certificates) {
    if (verified.error !== undefined) {
      const { message, hint } = verified.error;
      const ruleIndex = place(unreadableRule());
      results.push(
        result(verified, UNREADABLE, ruleIndex, "error", `${message}. ${hint}`, verified.error.code),
      );
    }
    for (const finding of verified.findings) {
      const ruleIndex = place(describeRule(finding, tool.titles));
      results.push(
        result(verified, finding.rule, ruleIndex, level(finding), sentence(finding), finding.subject),
      );
    }
  }
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "samicerts", version: tool.version, semanticVersion: tool.version, rules } },
        invocations: [{ executionSuccessful: true }],
        columnKind: "utf16CodeUnits",
        properties: { policy: run.policy, at: run.at, certificates: run.certificates.length },
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function result(
  verified: VerifiedCertificate,
  ruleId: string,
  ruleIndex: number,
  severity: string,
  text: string,
  about: string,
): unknown {
  const { source, index, certificate } = verified;
  const logical = certificate === undefined ? [] : [{ name: certificate.subject, kind: "resource" }];
  return {
    ruleId,
    ruleIndex,
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
}

function describeRule(finding: Finding, titles: ReadonlyMap<string, string>): SarifRule {
  return {
    id: finding.rule,
    shortDescription: { text: titles.get(finding.rule) ?? finding.expected },
    help: { text: `${finding.hint}. Source: ${finding.citation}.` },
    properties: { citation: finding.citation },
  };
}

function unreadableRule(): SarifRule {
  return {
    id: UNREADABLE,
    shortDescription: { text: "A certificate can be read and decoded as strict DER." },
    help: { text: "Obtain the file again or have the certificate reissued." },
    properties: { citation: "X.690, 8 and 10" },
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
