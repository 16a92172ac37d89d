import type { ResponderIssued } from "../actions/create-responder.ts";
import type { SignedAnswers } from "../actions/sign-answers.ts";
import { issuedText } from "./human-issue.ts";
import { serialText } from "./human-verify.ts";
import { count, type Field, groupDigits, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";
import { validityText } from "./validity.ts";

/** What a server that answers OCSP tells when it begins. */
export interface Serving {
  readonly url: string;
  /** Whose certificates it tells of, and until when it can; RFC 3339. */
  readonly authorities: readonly { readonly name: string; readonly until: string }[];
}

/** What a person is told of a new responder's certificate; `where` are the flags that name the authority and the directory. */
export function responderText(issued: ResponderIssued, where: string, paint: Paint, width: number): string {
  const { certificate, paths, issuer } = issued;
  const fields: Field[] = [
    ["certificate", visible(paths.certificate)],
    [
      "private key",
      [visible(paths.key ?? ""), "it goes to the machine that answers; no authority's key need be there"],
    ],
    ["serial", serialText(certificate.serial)],
    ["valid", validityText(certificate.notBefore, certificate.notAfter)],
    [
      "next",
      [
        `samicerts ocsp serve${where}, or`,
        `samicerts ocsp sign${where};`,
        "make the next one before it ends",
      ],
    ],
  ];
  const name = paint.strong(visible(shortName(certificate.subject)));
  return issuedText(`made ${name}, which answers OCSP for ${visible(shortName(issuer))}`, fields, width);
}

/** What a person is told when answering begins. */
export function servingText({ url, authorities }: Serving, paint: Paint, width: number): string {
  const fields = authorities.map(({ name, until }): Field => [visible(name), `until ${until}`]);
  return issuedText(`answering OCSP at ${paint.strong(visible(url))}`, fields, width);
}

/** What a person is told of answers that were signed beforehand. */
export function signedText(signed: SignedAnswers, paint: Paint, width: number): string {
  const { directory, answers, revoked, thisUpdate, nextUpdate } = signed;
  const fields: Field[] = [
    ["directory", `${visible(directory)}, <serial>.der each`],
    ["revoked", revoked === 0 ? "none of them" : groupDigits(revoked)],
    ["valid", `${thisUpdate} to ${nextUpdate}: sign again before that`],
  ];
  return issuedText(`signed ${paint.strong(count(answers, "answer"))}`, fields, width);
}
