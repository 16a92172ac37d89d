import type { InspectedCertificate } from "../actions/inspect.ts";
import { serialText } from "./human-verify.ts";
import { count, cut, type Field, fieldLines, fill, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { nameParts } from "./subject.ts";
import { timeLeft, validityText } from "./validity.ts";

/** What is told of a private key; nothing of it is secret. */
export interface InspectedKey {
  readonly source: string;
  /** As `--key` writes it: `ec:P-256`. */
  readonly key: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
}

const LABELS = 11;

/** A certificate in words; `atMs` is the moment that its time left is counted from. */
export function inspectText(
  inspected: InspectedCertificate,
  atMs: number,
  paint: Paint,
  width: number,
): string {
  const { certificate, index } = inspected;
  const values = width - LABELS - 4;
  const place =
    index > 0 ? `${visible(inspected.source)}, certificate ${index + 1}` : visible(inspected.source);
  const left = timeLeft(certificate.notBefore, certificate.notAfter, atMs);
  const colour = inspected.state === "current" ? paint.good : paint.bad;
  const validity = validityText(certificate.notBefore, certificate.notAfter);
  const exponent = inspected.exponent === undefined ? "" : `, exponent ${inspected.exponent}`;
  const fields: Field[] = [
    ["subject", nameLines(certificate.subject, values)],
    ["issuer", inspected.selfIssued ? "itself" : nameLines(certificate.issuer, values)],
    ["serial", serialText(certificate.serial)],
    ["last four", certificate.serial.lastFour],
    ["valid", left === "no expiry" ? validity : [validity, colour(left)]],
    ["key", `${certificate.key}${exponent}`],
    ["signature", certificate.signatureAlgorithm],
    ["version", String(inspected.version)],
    ["SHA-256", certificate.sha256],
    ["SHA-1", inspected.sha1],
    ["key SHA-256", inspected.spkiSha256],
    ...(inspected.verdict === undefined ? [] : [verdictField(inspected.verdict, paint)]),
  ];
  const padded = fields.map(([label, value]): Field => [label.padEnd(LABELS), value]);
  return `${[paint.strong(`certificate ${place}`), ...fieldLines(padded, 2, width), ...extensionLines(inspected, width)].join("\n")}\n`;
}

/** A private key's facts, nothing of it secret. */
export function inspectKeyText(key: InspectedKey, paint: Paint, width: number): string {
  const fields: Field[] = [
    ["kind".padEnd(LABELS), key.key],
    ["key SHA-256", key.spkiSha256],
  ];
  return `${[paint.strong(`private key ${visible(key.source)}`), ...fieldLines(fields, 2, width)].join("\n")}\n`;
}

function nameLines(name: string, width: number): readonly string[] {
  return name === "" ? ["(empty)"] : fill(nameParts(visible(name)), width);
}

function extensionLines(inspected: InspectedCertificate, width: number): string[] {
  const { extensions } = inspected;
  if (extensions.length === 0) return ["  no extensions"];
  const labels = Math.max(...extensions.map(({ name }) => name.length));
  const values = Math.max(20, width - labels - 6);
  const fields = extensions.map(({ name, critical, lines }): Field => {
    const said = lines.length === 0 ? ["(empty)"] : lines.map(visible);
    const marked = critical ? [`critical; ${said[0] ?? ""}`, ...said.slice(1)] : said;
    return [visible(name), marked.flatMap((line) => (line.includes(" ") ? [line] : cut(line, values)))];
  });
  return [`  ${count(extensions.length, "extension")}`, ...fieldLines(fields, 4, width)];
}

function verdictField(verdict: NonNullable<InspectedCertificate["verdict"]>, paint: Paint): Field {
  const { policy, role, compliant, findings } = verdict;
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  const noted = warnings === 0 ? "" : `, ${count(warnings, "warning")}`;
  const said = compliant ? paint.good("compliant") : paint.bad(`not compliant, ${count(errors, "error")}`);
  const more = findings.length === 0 ? "" : "; samicerts verify tells more";
  return [`policy`, [`${visible(policy)}, as a ${role} by itself: ${said}${noted}${more}`]];
}
