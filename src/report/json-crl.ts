import type { PublishedCrl } from "../actions/publish-crl.ts";

/** The `samicerts/crl/v1` document; docs/json.md describes it. */
export function crlJson({ line, ...published }: PublishedCrl): string {
  return `${JSON.stringify({ schema: "samicerts/crl/v1", ...published, line: line ?? null }, null, 2)}\n`;
}
