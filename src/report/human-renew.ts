import type { RenewalNeed } from "../actions/needs-renewal.ts";
import type { Renewed } from "../actions/renew.ts";
import { clientKeyWords, issuedText, notGrantedFields } from "./human-issue.ts";
import { serialText } from "./human-verify.ts";
import { count, type Field, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";
import { validityText } from "./validity.ts";

/** What a person is told of a certificate that took another's place. */
export function renewText(renewed: Renewed, paint: Paint, width: number): string {
  const { certificate, previous, paths, how, revoked } = renewed;
  const name = paint.strong(visible(shortName(certificate.subject)));
  const before = serialText(previous.serial);
  const fields: Field[] = [
    ["certificate", visible(paths.certificate)],
    ["private key", keyWords(renewed)],
    ...(paths.chain === undefined ? [] : [["chain", visible(paths.chain)] as const]),
    ["serial", serialText(certificate.serial)],
    ["last four", `${certificate.serial.lastFour}, the digits that the device's owner is asked for`],
    ["valid", validityText(certificate.notBefore, certificate.notAfter)],
    [
      "in place of",
      `${before}, ${revoked === undefined ? `which stays valid until ${previous.notAfter.slice(0, 10)}` : revokedWords(revoked)}`,
    ],
    ...notGrantedFields(renewed),
  ];
  const head = renewed.resumed
    ? "finished what was cut off:"
    : how === "renew"
      ? "renewed the certificate of"
      : "made a new key and certificate for";
  return issuedText(`${head} ${name}`, fields, width);
}

function revokedWords(reason: NonNullable<Renewed["revoked"]>): string {
  if (reason === "certificateHold") return "which is on hold";
  return reason === "unspecified" ? "which is revoked" : `which is revoked as ${reason}`;
}

function keyWords(renewed: Renewed): string {
  const { how, paths, foreignKey } = renewed;
  if (foreignKey?.proof === "renewal") return "the one that the device has; it is not here";
  return how === "renew" ? `${visible(paths.key ?? "")}, the same key` : clientKeyWords(renewed);
}

/** Whether a certificate is to be renewed, in a line. */
export function needText(need: RenewalNeed, paint: Paint): string {
  const { needed, certificate, daysLeft, due, renewedAs, revoked } = need;
  const what = `${visible(shortName(certificate.subject))}  ${serialText(certificate.serial)}`;
  const verdict = needed ? paint.warn("renew") : paint.good(revoked === undefined ? "keep" : "leave");
  return `${verdict}  ${what}  ${reason()}\n`;

  function reason(): string {
    if (revoked !== undefined) return `it is revoked since ${revoked.slice(0, 10)}`;
    if (renewedAs !== undefined) return `it was renewed as ${renewedAs}`;
    if (daysLeft === null || due === null) return "it does not expire";
    if (daysLeft < 0) return `it ended on ${certificate.notAfter.slice(0, 10)}`;
    const ends = `it ends on ${certificate.notAfter.slice(0, 10)}, in ${count(daysLeft, "day")}`;
    return needed ? ends : `${ends}; to be renewed from ${due.slice(0, 10)} on`;
  }
}
