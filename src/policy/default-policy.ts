import type { Policy } from "./policy.ts";

/** The policy that is in force where none is named. */
export const DEFAULT_POLICY = "sami";

/**
 * The default policy with all that it extends, in JSON: worked out when the command is built (scripts/build.mjs), for it
 * is what most commands follow. Undefined in the sources themselves.
 */
declare const RESOLVED_DEFAULT_POLICY: string | undefined;

/** The default policy, where it was worked out when this was built; to be read only. */
export function builtDefaultPolicy(): Policy | undefined {
  return typeof RESOLVED_DEFAULT_POLICY === "string" ? JSON.parse(RESOLVED_DEFAULT_POLICY) : undefined;
}
