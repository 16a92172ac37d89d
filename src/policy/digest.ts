import { createHash } from "node:crypto";
import type { Policy } from "./policy.ts";

/** The SHA-256 in lower-case hex of a policy's canonical JSON: two policies that demand and make the same have the same. */
export function policyDigest(policy: Policy): string {
  return createHash("sha256").update(canonicalJson(policy)).digest("hex");
}

/** JSON without spaces, keys sorted by UTF-16 units (RFC 8785, for strings, booleans and numbers of our kind). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
}
