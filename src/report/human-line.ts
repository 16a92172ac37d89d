import type { LineIssued } from "../actions/create-line.ts";
import { issuedText } from "./human-issue.ts";
import { serialText } from "./human-verify.ts";
import { type Field, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";
import { validityText } from "./validity.ts";

/** What a person is told of a new factory line; `next` is the command to type next. */
export function lineText(issued: LineIssued, next: string, paint: Paint, width: number): string {
  const { certificate, paths, line, serials } = issued;
  const head = issued.resumed ? `finished the line ${line}, which was cut off:` : `made the line ${line}:`;
  const kept = issued.keyCreated ? [] : ["the one that was there"];
  const fields: Field[] = [
    ["certificate", visible(paths.certificate)],
    [
      "private key",
      [visible(paths.key ?? ""), ...kept, "not encrypted: it goes to the line, and nowhere else"],
    ],
    ["key", `${certificate.key}, ${certificate.signatureAlgorithm}`],
    ["valid", validityText(certificate.notBefore, certificate.notAfter)],
    ["serial", serialText(certificate.serial)],
    ["for devices", serials === undefined ? "any serials" : `serials ${serials.from} to ${serials.to}`],
    ["next", visible(next)],
  ];
  return issuedText(`${head} ${paint.strong(visible(shortName(certificate.subject)))}`, fields, width);
}
