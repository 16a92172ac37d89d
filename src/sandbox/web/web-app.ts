import { Hono } from "hono";
import { ApiError } from "../api-error.ts";
import { type Bindings, type Call, errorBody, jsonAnswer, logRefusal } from "../http/answer.ts";
import type { HostCheck } from "../http/host-check.ts";
import type { Fetch } from "../http/listener.ts";
import type { Platform } from "../platform.ts";
import { addOAuthRoutes } from "./oauth-routes.ts";
import { pageAnswer } from "./page-answer.ts";
import { type Pages, PLAIN_PAGES } from "./pages.ts";
import { sessionOf } from "./session.ts";
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
  const tell = async (call: Call, error: ApiError): Promise<Response> =>
    pages.problem !== undefined && isForPeople(call)
      ? pageAnswer(await pages.problem(error, sessionOf(call, platform.accounts)), error.status)
      : jsonAnswer(error.status, errorBody(error));
  app.notFound((call) =>
    isForPeople(call)
      ? tell(call, new ApiError(404, "there is nothing at this address"))
      : parts.api(call.req.raw, call.env),
  );
  app.onError((error, call) => {
    if (!(error instanceof ApiError)) {
      parts.failed(error);
      return tell(call, new ApiError(500, "the sandbox failed; its log says why"));
    }
    logRefusal(platform, `${call.req.method} ${call.req.path}`, error, call.env.peer);
    return tell(call, error);
  });
  return app;
}

/** Whether a browser asked on a person's behalf, and not for the API. */
function isForPeople({ req }: Call): boolean {
  return !req.path.startsWith("/v1.1/") && req.header("accept")?.includes("text/html") === true;
}
