import type { InspectedCertificate } from "../actions/inspect.ts";
import type { InspectedKey } from "./human-inspect.ts";

/** The `samicerts/inspect/v1` document; docs/json.md describes it. */
export function inspectJson(
  at: string,
  certificates: readonly InspectedCertificate[],
  keys: readonly InspectedKey[],
): string {
  return `${JSON.stringify({ schema: "samicerts/inspect/v1", at, certificates, keys }, null, 2)}\n`;
}
