import type { Hono } from "hono";
import { ApiError } from "../api-error.ts";
import { type Bindings, data, logRefusal } from "../http/answer.ts";
import type { HostCheck } from "../http/host-check.ts";
import type { Platform } from "../platform.ts";
import { pageAnswer, redirect } from "./page-answer.ts";
import type { Pages } from "./pages.ts";
import {
  endingCookie,
  ownPath,
  readForm,
  readOwnForm,
  sessionCookie,
  sessionOf,
  sessionToken,
} from "./session.ts";

/** Adds signing in and out: `/signin`, `/signout`, and `/session`, which tells a script the csrf that forms carry. */
export function addSignInRoutes(
  app: Hono<{ Bindings: Bindings }>,
  platform: Platform,
  check: HostCheck,
  pages: Pages,
): void {
  const { accounts } = platform;

  app.get("/signin", async (call) => pageAnswer(await pages.signIn(ownPath(call.req.query("next")))));

  app.post("/signin", async (call) => {
    const { email = "", password = "", next } = await readForm(call, check);
    try {
      const { token } = await accounts.signIn(email.trim(), password);
      // What this browser had before is not carried over, whoever gave it to it.
      const earlier = sessionToken(call);
      if (earlier !== undefined) accounts.signOut(earlier);
      return redirect(ownPath(next), sessionCookie(token));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      logRefusal(platform, "POST /signin", error, call.env.peer);
      return pageAnswer(await pages.signIn(ownPath(next), error.message), error.status);
    }
  });

  app.post("/signout", async (call) => {
    await readOwnForm(call, check, accounts);
    accounts.signOut(sessionToken(call) ?? "");
    return redirect("/signin", endingCookie());
  });

  app.get("/session", (call) => {
    const session = sessionOf(call, accounts);
    if (session === undefined) throw new ApiError(401, "sign in first");
    const { user, csrf } = session;
    const answer = data({ uid: user.uid, email: user.email, csrf });
    // Of all answers this one is for this site's own eyes.
    answer.headers.delete("access-control-allow-origin");
    return answer;
  });
}
