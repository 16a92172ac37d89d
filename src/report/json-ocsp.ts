import type { ResponderIssued } from "../actions/create-responder.ts";
import type { SignedAnswers } from "../actions/sign-answers.ts";
import type { Serving } from "./human-ocsp.ts";
import { issuedDocument } from "./json-issue.ts";

/** The `samicerts/ocsp-responder/v1` document; docs/json.md describes it, as it does the others. */
export function responderJson(issued: ResponderIssued): string {
  const { authority } = issued;
  const { schema, ...rest } = issuedDocument("ocsp-responder", issued);
  return printed({ schema, line: authority.line ?? null, oldRoot: authority.oldRoot ?? null, ...rest });
}

/** The `samicerts/ocsp-serve/v1` document, printed once it listens. */
export function servingJson(serving: Serving): string {
  return printed({ schema: "samicerts/ocsp-serve/v1", ...serving });
}

/** The `samicerts/ocsp-sign/v1` document. */
export function signedJson(signed: SignedAnswers): string {
  return printed({ schema: "samicerts/ocsp-sign/v1", ...signed });
}

function printed(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
