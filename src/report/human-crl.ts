import type { PublishedCrl } from "../actions/publish-crl.ts";
import { issuedText } from "./human-issue.ts";
import { count, type Field, groupDigits, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";

/** What a person is told of a CRL that was published. */
export function crlText(published: PublishedCrl, paint: Paint, width: number): string {
  const { number, issuer, entries, thisUpdate, nextUpdate, files, octets } = published;
  const revoked =
    entries === 0 ? "nothing" : `${groupDigits(entries)} ${entries === 1 ? "certificate" : "certificates"}`;
  const fields: Field[] = [
    ["files", files.map(({ path, format }) => `${visible(path)}, ${format.toUpperCase()}`)],
    ["revokes", revoked],
    ["valid", `${thisUpdate} to ${nextUpdate}: publish the next one before that`],
    ["size", count(octets, "octet")],
    ["SHA-256", published.sha256],
  ];
  return issuedText(
    `published CRL ${paint.strong(String(number))} of ${paint.strong(visible(shortName(issuer)))}`,
    fields,
    width,
  );
}
