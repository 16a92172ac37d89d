import type { RequestMade } from "../actions/create-request.ts";
import { issuedText } from "./human-issue.ts";
import { type Field, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";

/** What a person is told of a new request; `next` is the command to type next, where the vendor's root is. */
export function requestText(made: RequestMade, next: string, paint: Paint, width: number): string {
  const { paths, keyCreated, keyEncrypted, key, signatureAlgorithm, spkiSha256, subject } = made;
  const kept = keyCreated ? [] : ["the one that was there"];
  const fields: Field[] = [
    ["request", visible(paths.request)],
    [
      "private key",
      [visible(paths.key), ...kept, keyEncrypted ? "encrypted" : "not encrypted: it stays on the device"],
    ],
    ["key", `${key}, ${signatureAlgorithm}`],
    ["key SHA-256", spkiSha256],
    ["next", visible(next)],
  ];
  return issuedText(`made a request for ${paint.strong(visible(shortName(subject)))}`, fields, width);
}
