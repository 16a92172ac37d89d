import type { RequestMade } from "../actions/create-request.ts";

/** The `samicerts/csr/v1` document; docs/json.md describes it. */
export function requestJson(made: RequestMade): string {
  const { paths, ...facts } = made;
  return `${JSON.stringify({ schema: "samicerts/csr/v1", files: paths, ...facts }, null, 2)}\n`;
}
