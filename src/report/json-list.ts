import type { ListedCertificate, Listing } from "../actions/list.ts";

/** The `samicerts/list/v1` document, in pieces; docs/json.md describes it. */
export function* listJson(listing: Listing): Generator<string> {
  yield '{\n  "schema": "samicerts/list/v1",\n  "certificates": [';
  let separator = "\n";
  for (const row of listing.rows) {
    yield `${separator}    ${document(row)}`;
    separator = ",\n";
  }
  const next = listing.next();
  yield `${separator === "\n" ? "]" : "\n  ]"},\n  "next": ${JSON.stringify(next ?? null)}\n}\n`;
}

function document(row: ListedCertificate): string {
  return JSON.stringify(row);
}
