import type { InspectedCertificate } from "../actions/inspect.ts";
import type { InspectedChain } from "../actions/inspect-chain.ts";
import type { InspectedCrl } from "../actions/inspect-crl.ts";
import type { InspectedOcspRequest, InspectedOcspResponse } from "../actions/inspect-ocsp.ts";
import type { InspectedRequest } from "../actions/inspect-request.ts";
import type { InspectedContainer, InspectedKey, InspectedManifest } from "./human-inspect-others.ts";

/** Everything that was found in one file, in words. */
export interface Inspection {
  readonly containers: readonly InspectedContainer[];
  readonly certificates: readonly InspectedCertificate[];
  /** Present where there is more than one certificate. */
  readonly chain?: InspectedChain;
  readonly requests: readonly InspectedRequest[];
  readonly crls: readonly InspectedCrl[];
  readonly ocspRequests: readonly InspectedOcspRequest[];
  readonly ocspResponses: readonly InspectedOcspResponse[];
  readonly keys: readonly InspectedKey[];
  readonly manifests: readonly InspectedManifest[];
}

/** The `samicerts/inspect/v1` document; docs/json.md describes it. */
export function inspectJson(at: string, inspection: Inspection): string {
  return `${JSON.stringify({ schema: "samicerts/inspect/v1", at, ...inspection }, null, 2)}\n`;
}
