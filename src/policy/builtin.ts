import type { PolicyDocument } from "./document.ts";
import awsIot from "./policies/aws-iot.json" with { type: "json" };
import azureDps from "./policies/azure-dps.json" with { type: "json" };
import clearblade from "./policies/clearblade.json" with { type: "json" };
import idevid from "./policies/idevid.json" with { type: "json" };
import matter from "./policies/matter.json" with { type: "json" };
import nist2030 from "./policies/nist-2030.json" with { type: "json" };
import ocspResponder from "./policies/ocsp-responder.json" with { type: "json" };
import rfc5280 from "./policies/rfc5280.json" with { type: "json" };
import sami from "./policies/sami.json" with { type: "json" };

/** The built-in policies as written, by name, the default first; a test checks them against the policy language. */
export const BUILTIN_POLICIES: ReadonlyMap<string, PolicyDocument> = new Map(
  [sami, rfc5280, awsIot, azureDps, clearblade, idevid, matter, ocspResponder, nist2030].map((document) => [
    document.name,
    document as unknown as PolicyDocument,
  ]),
);

/** The built-in policies' names, the default first. */
export const BUILTIN_POLICY_NAMES: readonly string[] = [...BUILTIN_POLICIES.keys()];
