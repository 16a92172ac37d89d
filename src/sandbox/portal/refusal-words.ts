import type { Refusal } from "../refusal-log.ts";

/** What was asked for, each way of asking once: the method and the path's beginning. */
const ASKED: readonly (readonly [RegExp, string])[] = [
  [/^POST \/v1\.1\/cert\/devices\/registrations$/, "Register a device"],
  [/^GET \/v1\.1\/cert\/devices\/registrations\//, "Ask where a registration stands"],
  [/^PUT \/v1\.1\/cert\/devices\/registrations\//, "Complete a registration"],
  [/^PUT \/v1\.1\/devices\/registrations\/pin$/, "Confirm a PIN"],
  [/^POST \/register$/, "Confirm a PIN at the portal"],
  [/^GET \/v1\.1\/devices\/registrations\//, "Ask where a registration stands"],
  [/^DELETE \/v1\.1\/devices\/[^/]*\/registrations$/, "Let go of a device"],
  [/^DELETE \/v1\.1\/devices\//, "Delete a device"],
  [/^POST \/v1\.1\/messages?$/, "Send data"],
  [/^GET \/v1\.1\/messages/, "Read data"],
  [/^WS /, "Connect over WebSocket"],
  [/^POST \/v1\.1\/devices$/, "Create an end node"],
  [/^POST \/v1\.1\/actions$/, "Send an action to a device"],
  [/^GET \/v1\.1\/users\//, "Look at a user"],
  [/^GET \/v1\.1\/devices\//, "Look at a device"],
  [/^(?:GET|POST) (?:\/v1\.1)?\/(?:authorize|token)$/, "Give an application access"],
  [/^POST \/signin$/, "Sign in"],
  [/ \/v1\.1\//, "Call the API"],
  [/^POST /, "Send a form"],
];

/** What somebody who was refused wanted, in plain words. */
export function askedWords({ what }: Pick<Refusal, "what">): string {
  return ASKED.find(([pattern]) => pattern.test(what))?.[1] ?? "Open a page";
}

/** Why, without the rule that said no, and that rule. */
export function reasonParts({ reason }: Pick<Refusal, "reason">): {
  readonly words: string;
  readonly rule?: string;
} {
  const found = /^(.*) \[([a-z0-9.-]+)\]$/s.exec(reason);
  return found === null ? { words: reason } : { words: found[1] ?? "", rule: found[2] ?? "" };
}
