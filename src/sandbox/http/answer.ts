import type { Context } from "hono";
import { ApiError } from "../api-error.ts";
import type { Client } from "../client-check.ts";
import type { Platform } from "../platform.ts";
import type { Bearer } from "../tokens.ts";
import type { Peer } from "./peer.ts";
import { readJsonObject } from "./read-json.ts";

/** What a request brings with it, beside itself. */
export interface Bindings {
  readonly peer: Peer;
}

/** The context of a request to the sandbox. */
export type Call = Context<{ Bindings: Bindings }>;

/** The usual CORS headers: anybody may ask, with a token; cookies and certificates are not sent along. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
  "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type",
  "Access-Control-Expose-Headers": "X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset",
  "Access-Control-Max-Age": "86400",
};

/** An answer in JSON, as the API gives each. */
export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const text = JSON.stringify(body);
  return new Response(text, {
    status,
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Length": String(Buffer.byteLength(text)),
      "Cache-Control": "no-store",
      ...CORS_HEADERS,
      ...headers,
    },
  });
}

/** `{"data": ...}`. */
export function data(value: unknown, headers?: Readonly<Record<string, string>>): Response {
  return jsonAnswer(200, { data: value }, headers);
}

/** `{"error": {"code", "message"}}`. */
export function errorBody({ status, message }: ApiError): unknown {
  return { error: { code: status, message } };
}

/** Notes who was kept out, with the certificate that was shown. */
export function logRefusal(
  platform: Platform,
  what: string,
  { status, message }: ApiError,
  peer: Peer,
): void {
  // A slip of the pen is no refusal.
  if (status === 400 || status === 405 || status >= 500) return;
  const shown = peer.secure ? peer.verdict() : undefined;
  const { subject, serial, sha256 } = shown?.client ?? shown?.refused ?? {};
  platform.refusals.add({
    what,
    status,
    reason: message,
    peer: peer.address,
    ...(subject === undefined ? {} : { subject }),
    ...(serial === undefined ? {} : { serial }),
    ...(sha256 === undefined ? {} : { sha256 }),
  });
}

/** The client whose certificate belongs; throws ApiError 401 with the reason, 403 at the endpoint for others. */
export function needClient({ peer }: Bindings): Client {
  if (!peer.secure)
    throw new ApiError(403, "a secure device must use the secure endpoint, over TLS with its certificate");
  const { client, refused } = peer.verdict();
  if (client === undefined) throw new ApiError(401, refused.reason);
  return client;
}

/** The user on whose behalf an application calls; throws ApiError 401, 403 for a device's token. */
export function needUser(call: Call, platform: Platform): Bearer {
  const bearer = platform.tokens.bearer(call.req.header("authorization"));
  if (bearer.kind !== "user") throw new ApiError(403, "that is a device's token; this takes a user's");
  return bearer;
}

/** The JSON object in a request's body; throws ApiError 400. */
export async function readBody(call: Call): Promise<Readonly<Record<string, unknown>>> {
  return readJsonObject(await call.req.text(), "the body");
}
