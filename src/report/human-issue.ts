import type { Issued } from "../actions/issued.ts";
import type { Finding } from "../base/finding.ts";
import { serialText } from "./human-verify.ts";
import { type Field, fieldLines, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";
import { validityText } from "./validity.ts";

/** What a person is told of a new root; `next` is the command to type next. */
export function rootText(issued: Issued, next: string, paint: Paint, width: number): string {
  const { certificate, paths } = issued;
  const head = issued.keyCreated
    ? "made the root"
    : issued.resumed
      ? "finished what was cut off: the root"
      : "made a new certificate for the root key that was there:";
  const fields: Field[] = [
    ["certificate", visible(paths.certificate)],
    ["private key", rootKeyWords(issued)],
    ["key", `${certificate.key}, ${certificate.signatureAlgorithm}`],
    ["valid", validityText(certificate.notBefore, certificate.notAfter)],
    ["serial", serialText(certificate.serial)],
    ["SHA-256", certificate.sha256],
    // A root that was there has used the first serial.
    ...(issued.keyCreated || issued.resumed ? [["next", visible(next)] as const] : []),
  ];
  return issuedText(`${head} ${paint.strong(visible(shortName(certificate.subject)))}`, fields, width);
}

function rootKeyWords({ paths: { key, keyInToken }, keyEncrypted }: Issued): readonly string[] {
  if (keyInToken !== undefined)
    return [visible(keyInToken), "it can't leave the token: samicerts finds it there, by root.key.uri"];
  return keyEncrypted === true
    ? [visible(key ?? ""), "encrypted: back it up, and its passphrase apart from it"]
    : [visible(key ?? ""), "not encrypted: back it up, and let nobody else read it"];
}

/** What a person is told of a new device certificate. */
export function clientText(issued: Issued, paint: Paint, width: number): string {
  const { certificate, paths } = issued;
  const fields: Field[] = [
    ["certificate", visible(paths.certificate)],
    ["private key", clientKeyWords(issued)],
    ...(paths.chain === undefined ? [] : [["chain", visible(paths.chain)] as const]),
    ["serial", serialText(certificate.serial)],
    ["last four", `${certificate.serial.lastFour}, the digits that the device's owner is asked for`],
    ["valid", validityText(certificate.notBefore, certificate.notAfter)],
    ...notGrantedFields(issued),
  ];
  const head = issued.resumed ? "finished what was cut off:" : "made a certificate for";
  return issuedText(`${head} ${paint.strong(visible(shortName(certificate.subject)))}`, fields, width);
}

/** Where a device's key is, in words. */
export function clientKeyWords({ paths, keyCreated, keyEncrypted, foreignKey }: Issued): string {
  if (foreignKey?.proof === "request") return "the device's own; its request proves that it has it";
  if (foreignKey !== undefined) return "the device's own, on your word: nobody has shown to have it";
  const kept = keyCreated ? "" : ", the one that was there";
  return `${visible(paths.keyInToken ?? paths.key ?? "")}${kept}${keyEncrypted === true ? ", encrypted" : ""}`;
}

/** What a request asked for in vain, a line each: the policy decides what is in a certificate. */
export function notGrantedFields({ foreignKey }: Issued): Field[] {
  return (foreignKey?.notGranted ?? []).map(({ item, asked, granted }, index): Field => {
    const wanted = asked === undefined ? "" : `: ${visible(asked)}`;
    const instead = granted === undefined ? "" : `; the certificate has ${visible(granted)}`;
    return [index === 0 ? "not granted" : "", `${visible(item)}${wanted}${instead}`];
  });
}

/** What the policy has to say against a certificate that it let pass, a line each. */
export function warningLines(findings: readonly Finding[], paint: Paint): string[] {
  return findings
    .filter((finding) => finding.severity === "warning")
    .map((finding) => `${paint.warn("warning:")} ${visible(finding.message)} [${finding.rule}]`);
}

/** What was done, and its facts below. */
export function issuedText(head: string, fields: readonly Field[], width: number): string {
  return `${[head, ...fieldLines(fields, 2, width)].join("\n")}\n`;
}
