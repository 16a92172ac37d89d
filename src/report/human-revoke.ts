import type { Revoked, ToldRevocation } from "../actions/revoke.ts";
import type { RevokedAll } from "../actions/revoke-all.ts";
import { issuedText } from "./human-issue.ts";
import { serialText } from "./human-verify.ts";
import { count, type Field, groupDigits, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";

/** What a person is told of a certificate that was revoked, put on hold or released; `next` publishes it. */
export function revokedText(revoked: Revoked, next: readonly string[], paint: Paint, width: number): string {
  const { certificate, revocation, held, line } = revoked;
  const name = paint.strong(visible(shortName(certificate.subject)));
  const fields: Field[] = [
    ["serial", serialText(certificate.serial)],
    ...(line === undefined ? [] : [["line", line] as const]),
    ...(revocation === undefined ? [] : revocationFields(revocation)),
    ...(held === undefined ? [] : [["was on hold", `since ${held.since}`] as const]),
    ["next", nextWords(next)],
  ];
  const head =
    revocation === undefined
      ? "released"
      : revocation.reason === "certificateHold"
        ? "put on hold"
        : "revoked";
  return issuedText(`${head} ${name}`, fields, width);
}

function revocationFields({ reason, since, invalidFrom }: ToldRevocation): Field[] {
  return [
    ...(reason === "certificateHold" ? [] : [["reason", reason] as const]),
    ["since", since],
    ...(invalidFrom === undefined ? [] : [["not valid since", invalidFrom] as const]),
  ];
}

/** What a person is told of a list that was revoked. */
export function revokedAllText(
  all: RevokedAll,
  next: readonly string[],
  paint: Paint,
  width: number,
): string {
  const { revoked, already, refused } = all;
  const parts = [
    paint.good(`${groupDigits(revoked)} revoked`),
    ...(already > 0 ? [`${groupDigits(already)} were already`] : []),
    ...(refused.length > 0 ? [paint.bad(`${groupDigits(refused.length)} refused`)] : []),
  ];
  const total = count(revoked + already + refused.length, "certificate");
  const head = `${total}: ${parts.join(", ")}`;
  return next.length === 0 ? `${head}\n` : issuedText(head, [["next", nextWords(next)]], width);
}

function nextWords(next: readonly string[]): readonly string[] {
  return next.map(
    (command, index) => visible(command) + (index < next.length - 1 ? "" : ", which tells the world"),
  );
}

/** Why a revocation that is dated back goes against RFC 5280 (5.3.2), in a line. */
export function datedBackNote({ datedBefore }: Revoked, paint: Paint): readonly string[] {
  if (datedBefore === undefined) return [];
  const { number, thisUpdate } = datedBefore;
  return [
    `${paint.warn("warning:")} CRL ${number} of ${thisUpdate}, later than this revocation, does not have it: RFC 5280 (5.3.2) ` +
      "has the invalidity date for that",
  ];
}
