import type { RunningSandbox, ToldAccount, ToldApplication, ToldType, ToldVendor } from "./human-sandbox.ts";

/** The `samicerts/sandbox/v1` document, printed once the sandbox listens; docs/json.md describes it, as it does the others. */
export function runningJson(running: RunningSandbox): string {
  return printed({ schema: "samicerts/sandbox/v1", ...running });
}

/** The `samicerts/sandbox-vendor/v1` document. */
export function addedVendorJson(vendor: ToldVendor, state: string): string {
  return printed({ schema: "samicerts/sandbox-vendor/v1", state, ...vendor });
}

/** The `samicerts/sandbox-type/v1` document. */
export function addedTypeJson(type: ToldType): string {
  return printed({ schema: "samicerts/sandbox-type/v1", ...type });
}

/** The `samicerts/sandbox-account/v1` document. */
export function passwordJson(account: ToldAccount): string {
  return printed({ schema: "samicerts/sandbox-account/v1", ...account });
}

/** The `samicerts/sandbox-application/v1` document. */
export function addedApplicationJson(application: ToldApplication): string {
  return printed({ schema: "samicerts/sandbox-application/v1", ...application });
}

/** The `samicerts/sandbox-vendors/v1` document. */
export function vendorsJson(vendors: readonly ToldVendor[]): string {
  return printed({ schema: "samicerts/sandbox-vendors/v1", vendors });
}

function printed(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
