import type { LineIssued } from "../actions/create-line.ts";
import type { RootReplaced } from "../actions/replace-root.ts";
import { issuedText } from "./human-issue.ts";
import { serialText } from "./human-verify.ts";
import { type Field, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";
import { validityText } from "./validity.ts";

/** What a person is told of a new factory line; `next` is the command to type next, where one is known. */
export function lineText(issued: LineIssued, next: string | undefined, paint: Paint, width: number): string {
  const { certificate, paths, line, serials } = issued;
  const made = issued.keyCreated
    ? `made the line ${line}:`
    : `made a new certificate for the key of the line ${line}:`;
  const head = issued.resumed ? `finished the line ${line}, which was cut off:` : made;
  const kept = issued.keyCreated ? [] : ["the one that was there"];
  const protection =
    issued.keyEncrypted === true ? "encrypted" : "not encrypted: it goes to the line, and nowhere else";
  const fields: Field[] = [
    ["certificate", visible(paths.certificate)],
    ["private key", [visible(paths.key ?? ""), ...kept, protection]],
    ["key", `${certificate.key}, ${certificate.signatureAlgorithm}`],
    ["valid", validityText(certificate.notBefore, certificate.notAfter)],
    ["serial", serialText(certificate.serial)],
    ["for devices", serials === undefined ? "any serials" : `serials ${serials.from} to ${serials.to}`],
    ...(next === undefined ? [] : [["next", visible(next)] as const]),
  ];
  return issuedText(`${head} ${paint.strong(visible(shortName(certificate.subject)))}`, fields, width);
}

/** What a person is told of a root that took another's place. */
export function replacedRootText(issued: RootReplaced, paint: Paint, width: number): string {
  const { certificate, paths, replaced, resumed } = issued;
  const { paths: old } = replaced;
  const head = resumed ? "finished what was cut off: a new root," : "made a new root,";
  const fields: Field[] = [
    ["certificate", visible(paths.certificate)],
    ["private key", [visible(paths.key ?? ""), "not encrypted: back it up, and let nobody else read it"]],
    ["key", `${certificate.key}, ${certificate.signatureAlgorithm}`],
    ["valid", validityText(certificate.notBefore, certificate.notAfter)],
    ["serial", serialText(certificate.serial)],
    ["SHA-256", certificate.sha256],
    ["old root", `${visible(old.certificate)}, until ${replaced.certificate.notAfter.slice(0, 10)}`],
    ["its key", visible(old.key)],
    ["for verifiers", [`${visible(old.newWithOld)}: lets who knows the old root take the new`]],
    ["", [`${visible(old.oldWithNew)}: lets who knows the new root take the old`]],
    ["next", "register root.crt with the platform too; devices made from now on are the new root's"],
  ];
  return issuedText(`${head} ${paint.strong(visible(shortName(certificate.subject)))}`, fields, width);
}
