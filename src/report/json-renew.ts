import type { RenewalNeed } from "../actions/needs-renewal.ts";
import type { Renewed } from "../actions/renew.ts";
import { issuedDocument } from "./json-issue.ts";

/** The `samicerts/renew/v1` or `samicerts/rekey/v1` document; docs/json.md describes it. */
export function renewJson(renewed: Renewed): string {
  const { how, previous, revoked, line } = renewed;
  const { schema, ...rest } = issuedDocument(how, renewed);
  return printed({ schema, previous, revoked: revoked !== undefined, line: line ?? null, ...rest });
}

/** The `samicerts/needs-renewal/v1` document. */
export function needJson(need: RenewalNeed): string {
  return printed({ schema: "samicerts/needs-renewal/v1", ...need });
}

function printed(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
