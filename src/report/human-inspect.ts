import type { ExtensionSummary } from "../actions/describe-extension.ts";
import type { InspectedCertificate } from "../actions/inspect.ts";
import type { ChainLink, InspectedChain } from "../actions/inspect-chain.ts";
import { serialText } from "./human-verify.ts";
import { block, nameLines, type Page, type Row, rowLines, type Said } from "./inspect-block.ts";
import { count } from "./layout.ts";
import { shortName } from "./subject.ts";
import { lengthText, timeLeft } from "./validity.ts";

const NO_EXPIRY = "9999-12-31T23:59:59Z";

/** A certificate in words. */
export function inspectText(inspected: InspectedCertificate, page: Page): string {
  const { certificate, index, source } = inspected;
  const rows: Row[] = [
    ["subject", nameLines(certificate.subject, page)],
    ["issuer", issuerText(inspected, page)],
    ["serial", serialText(certificate.serial)],
    ["last four", certificate.serial.lastFour],
    ["valid", validityLines(inspected, page.atMs)],
    ["key", keyText(inspected)],
    ["signature", inspected.signature],
    ["version", String(inspected.version)],
    ["SHA-256", certificate.sha256],
    ["SHA-1", inspected.sha1],
    ["key SHA-256", inspected.spkiSha256],
    ...(inspected.verdict === undefined ? [] : [verdictRow(inspected.verdict)]),
  ];
  const title = `certificate ${source}${index > 0 ? `, certificate ${index + 1}` : ""}`;
  return block(title, rows, page) + extensionsText(inspected.extensions, page);
}

/** A list of extensions in words, below what they belong to; `asked` where they are only asked for. */
export function extensionsText(extensions: readonly ExtensionSummary[], page: Page, asked = false): string {
  if (extensions.length === 0) return asked ? "  asks for no extensions\n" : "  no extensions\n";
  const rows = extensions.map(({ name, critical, lines }): Row => {
    const [first = "", ...more] = lines.length === 0 ? ["(empty)"] : lines;
    return [name, critical ? [`critical; ${first}`, ...more] : [first, ...more]];
  });
  const head = `${asked ? "asks for " : ""}${count(extensions.length, "extension")}`;
  return `${[`  ${head}`, ...rowLines(rows, 4, page)].join("\n")}\n`;
}

/** How the certificates of a file hang together. */
export function chainText({ source, links, inOrder }: InspectedChain, page: Page): string {
  const rows = links.map((link): Row => [String(link.index + 1), linkLines(link)]);
  const alone = links.every(({ signedBy }) => signedBy === "itself");
  const order: Said = inOrder
    ? { text: "each is signed by the next, as servers and devices want it", as: "good" }
    : alone
      ? "none: they are independent of each other, as in a list of roots"
      : { text: "not each is signed by the next, as servers and devices want it", as: "warn" };
  return block(`chain in ${source}`, [...rows, ["order", order]], page);
}

/** A key's kind, its public exponent where it has one. */
export function keyText(key: {
  readonly key: string;
  readonly keyName?: string;
  readonly exponent?: string;
}): string {
  const name = key.keyName === undefined ? "" : ` (${key.keyName})`;
  return `${key.key}${name}${key.exponent === undefined ? "" : `, exponent ${key.exponent}`}`;
}

function linkLines({ subject, signedBy, issuer, reason, sameAs }: ChainLink): readonly Said[] {
  const name = shortName(subject);
  if (sameAs !== undefined)
    return [name, { text: `the same as certificate ${sameAs + 1}: one of them is too much`, as: "warn" }];
  if (signedBy === "itself") return [`${name}, signed by itself`];
  if (signedBy !== null) return [`${name}, signed by ${signedBy + 1}`];
  if (reason !== undefined) return [name, { text: `signed by none of these: ${reason}`, as: "bad" }];
  return [`${name}, signed by none of these: ${issuer === undefined ? "" : shortName(issuer)}`];
}

function issuerText({ certificate, selfIssued, selfSigned }: InspectedCertificate, page: Page) {
  if (!selfIssued) return nameLines(certificate.issuer, page);
  if (selfSigned === undefined || selfSigned.holds === true) return "itself";
  const { holds, reason = "" } = selfSigned;
  const said: Said =
    holds === null
      ? { text: `whether its own key signed it can't be checked: ${reason}`, as: "warn" }
      : { text: `but not signed by its own key: ${reason}`, as: "bad" };
  return ["itself", said];
}

function validityLines({ certificate, state }: InspectedCertificate, atMs: number): readonly Said[] {
  const { notBefore, notAfter } = certificate;
  const left = timeLeft(notBefore, notAfter, atMs);
  const as = state === "current" ? "good" : "bad";
  if (notAfter === NO_EXPIRY)
    return [`${notBefore} on, no expiry`, ...(left === "no expiry" ? [] : [{ text: left, as } as const])];
  // Both ends belong to it (RFC 5280, 4.1.2.5).
  const lengthMs = Date.parse(notAfter) - Date.parse(notBefore) + 1000;
  const length = lengthMs > 0 ? lengthText(lengthMs) : "it ends before it begins";
  return [`${notBefore} to ${notAfter}`, { text: `${length}, ${left}`, as }];
}

function verdictRow(verdict: NonNullable<InspectedCertificate["verdict"]>): Row {
  const { policy, role, compliant, findings } = verdict;
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  const noted = warnings === 0 ? "" : `, ${count(warnings, "warning")}`;
  const said = compliant ? "compliant" : `not compliant, ${count(errors, "error")}`;
  const more = findings.length === 0 ? "" : "; samicerts verify tells more";
  return [
    "policy",
    {
      text: `${policy}, as ${role === "intermediate" ? "an" : "a"} ${role} by itself: ${said}${noted}${more}`,
      as: compliant ? "good" : "bad",
    },
  ];
}
