import type { Hono } from "hono";
import { ApiError } from "../api-error.ts";
import { type Bindings, logRefusal } from "../http/answer.ts";
import { pageAnswer, redirect } from "../web/page-answer.ts";
import { readOwnForm } from "../web/session.ts";
import { ownPage, type PortalParts } from "./own-page.ts";
import { entryProblems, readEntry } from "./register-form.ts";
import { registerPage } from "./register-page.tsx";
import { registrationPage, registrationSource } from "./registration-page.tsx";

/** Adds the owner's part of a registration: the PIN, and where it stands from then on. */
export function addRegisterPages(app: Hono<{ Bindings: Bindings }>, parts: PortalParts): void {
  const { platform, check, streams } = parts;

  app.get(
    "/register",
    ownPage(parts, (call, session) =>
      registerPage(platform, session, { entry: { device: call.req.query("device") ?? "" } }),
    ),
  );

  app.post("/register", async (call) => {
    const { form, session } = await readOwnForm(call, check, platform.accounts);
    const entry = readEntry(form);
    const problems = entryProblems(platform, entry);
    if (Object.keys(problems).length > 0)
      return pageAnswer(await registerPage(platform, session, { entry, problems }), 400);
    const named = entry.device === "" ? { deviceName: entry.name } : { deviceId: entry.device };
    const { pin, lastFour, type } = entry;
    try {
      const asked = { pin, lastFour, deviceTypeId: type, ...named };
      return redirect(`/registrations/${platform.registrations.confirm(session.user.uid, asked).rid}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      logRefusal(platform, "POST /register", error, call.env.peer);
      return pageAnswer(
        await registerPage(platform, session, { entry, refused: error.message }),
        error.status,
      );
    }
  });

  app.get(
    "/registrations/:rid",
    ownPage(parts, (call, session) => registrationPage(platform, session, call.req.param("rid") ?? "")),
  );
  app.get("/registrations/:rid/events", (call) =>
    streams.open(call, (uid) => registrationSource(platform, uid, call.req.param("rid") ?? "")),
  );
}
