import type { Hono } from "hono";
import { ApiError } from "../api-error.ts";
import { type Bindings, type Call, jsonAnswer, logRefusal } from "../http/answer.ts";
import type { HostCheck } from "../http/host-check.ts";
import type { Platform } from "../platform.ts";
import { pageAnswer, redirect } from "./page-answer.ts";
import type { Pages } from "./pages.ts";
import { readOwnForm, sessionOf } from "./session.ts";

/** What a consent's form sends back of the request that it answers. */
const FIELDS = [
  "client_id",
  "response_type",
  "redirect_uri",
  "state",
  "scope",
  "code_challenge",
  "code_challenge_method",
] as const;

/** Adds OAuth 2's two endpoints, each with and without /v1.1 before it. */
export function addOAuthRoutes(
  app: Hono<{ Bindings: Bindings }>,
  platform: Platform,
  check: HostCheck,
  pages: Pages,
): void {
  const { oauth, accounts } = platform;

  const ask = async (call: Call): Promise<Response> => {
    const query = call.req.query();
    const request = oauth.readRequest(query);
    const session = sessionOf(call, accounts);
    if (session === undefined) {
      const { pathname, search } = new URL(call.req.url);
      return redirect(`/signin?${new URLSearchParams({ next: pathname + search })}`);
    }
    const fields: Record<string, string> = { csrf: session.csrf };
    for (const name of FIELDS) if (query[name] !== undefined) fields[name] = query[name];
    return pageAnswer(await pages.consent(request, session, fields), 200, request.redirectUri);
  };

  const decide = async (call: Call): Promise<Response> => {
    const { form, session } = await readOwnForm(call, check, accounts);
    const request = oauth.readRequest(form);
    return redirect(form.answer === "allow" ? oauth.grant(request, session.user.uid) : oauth.deny(request));
  };

  const exchange = async (call: Call): Promise<Response> => {
    const form = Object.fromEntries(new URLSearchParams(await call.req.text()));
    try {
      return jsonAnswer(200, oauth.exchange(form), { Pragma: "no-cache" });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      logRefusal(platform, "POST /token", new ApiError(401, error.message), call.env.peer);
      const [code, description] = error.message.split(": ", 2);
      return jsonAnswer(400, { error: code, error_description: description });
    }
  };

  for (const base of ["", "/v1.1"]) {
    app.get(`${base}/authorize`, ask);
    app.post(`${base}/authorize`, decide);
    app.post(`${base}/token`, exchange);
  }
}
