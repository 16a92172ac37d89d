import { Hono } from "hono";
import { ApiError } from "../api-error.ts";
import { RateLimited } from "../messages.ts";
import type { Platform } from "../platform.ts";
import { type Bindings, CORS_HEADERS, errorBody, jsonAnswer, logRefusal } from "./answer.ts";
import { addDeviceRoutes } from "./device-routes.ts";
import { addUserRoutes } from "./user-routes.ts";

/**
 * The API under /v1.1, for both endpoints: devices are served at the secure one, and refused at the other.
 * `report` is told of what is no answer of the platform's but a failure.
 */
export function apiApp(platform: Platform, report: (error: unknown) => void): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>();
  app.options("/v1.1/*", () => new Response(null, { status: 204, headers: CORS_HEADERS }));
  addUserRoutes(app, platform);
  addDeviceRoutes(app, platform);
  app.notFound(() => jsonAnswer(404, errorBody(new ApiError(404, "there is nothing at this address"))));
  app.onError((error, call) => {
    if (!(error instanceof ApiError)) {
      report(error);
      return jsonAnswer(500, errorBody(new ApiError(500, "the sandbox failed; its log says why")));
    }
    logRefusal(platform, `${call.req.method} ${call.req.path}`, error, call.env.peer);
    const headers = error instanceof RateLimited ? error.remaining.headers : {};
    return jsonAnswer(error.status, errorBody(error), headers);
  });
  return app;
}
