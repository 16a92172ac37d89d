import { Hono } from "hono";
import { ApiError } from "../api-error.ts";
import { type Bindings, errorBody, jsonAnswer, logRefusal } from "../http/answer.ts";
import type { HostCheck } from "../http/host-check.ts";
import type { Fetch } from "../http/listener.ts";
import type { Platform } from "../platform.ts";
import { addOAuthRoutes } from "./oauth-routes.ts";
import { type Pages, PLAIN_PAGES } from "./pages.ts";
import { addSignInRoutes } from "./sign-in-routes.ts";

/** What the web side of a sandbox is made of. */
export interface WebParts {
  readonly platform: Platform;
  readonly check: HostCheck;
  /** The API, for everything that is not below. */
  readonly api: Fetch;
  /** The sandbox's CA, PEM. */
  readonly ca: string;
  readonly failed: (error: unknown) => void;
  readonly pages?: Pages;
  /** Adds the portal's own pages. */
  readonly addPortal?: (app: Hono<{ Bindings: Bindings }>, parts: Omit<WebParts, "addPortal">) => void;
}

/** What is served at the portal's port: signing in, OAuth, the CA's certificate, the portal, and the API for users. */
export function webApp(parts: WebParts): Hono<{ Bindings: Bindings }> {
  const { platform, check, pages = PLAIN_PAGES } = parts;
  const app = new Hono<{ Bindings: Bindings }>();
  addSignInRoutes(app, platform, check, pages);
  addOAuthRoutes(app, platform, check, pages);
  app.get("/ca.crt", () => new Response(parts.ca, { headers: { "Content-Type": "application/x-pem-file" } }));
  parts.addPortal?.(app, parts);
  app.notFound((call) => parts.api(call.req.raw, call.env));
  app.onError((error, call) => {
    if (!(error instanceof ApiError)) {
      parts.failed(error);
      return jsonAnswer(500, errorBody(new ApiError(500, "the sandbox failed; its log says why")));
    }
    logRefusal(platform, `${call.req.method} ${call.req.path}`, error, call.env.peer);
    return jsonAnswer(error.status, errorBody(error));
  });
  return app;
}
