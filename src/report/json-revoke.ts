import type { Revoked } from "../actions/revoke.ts";
import type { RevokedAll } from "../actions/revoke-all.ts";

/** The `samicerts/revoke/v1` document; docs/json.md describes it. */
export function revokedJson({ certificate, line, revocation, held }: Revoked): string {
  return printed({
    schema: "samicerts/revoke/v1",
    certificate,
    line: line ?? null,
    revocation: revocation ?? null,
    held: held ?? null,
  });
}

/** The `samicerts/revoke-list/v1` document; docs/json.md describes it. */
export function revokedAllJson({ revoked, already, refused }: RevokedAll): string {
  return printed({
    schema: "samicerts/revoke-list/v1",
    revoked,
    already,
    refused: refused.map(({ line, serial, error: { code, message, hint } }) => ({
      line,
      serial,
      error: { code, message, hint },
    })),
  });
}

function printed(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
