import type { PublishedCrl } from "../actions/publish-crl.ts";

/** The `samicerts/crl/v1` document; docs/json.md describes it. */
export function crlJson({ authority, ...published }: PublishedCrl): string {
  return `${JSON.stringify({ schema: "samicerts/crl/v1", line: authority.line ?? null, oldRoot: authority.oldRoot ?? null, ...published }, null, 2)}\n`;
}
