import type { Hono } from "hono";
import { ApiError } from "../api-error.ts";
import type { Bindings, Call } from "../http/answer.ts";
import { pageAnswer, redirect } from "../web/page-answer.ts";
import { readOwnForm } from "../web/session.ts";
import { readPage } from "./device-list.ts";
import { devicePage, deviceSource } from "./device-page.tsx";
import { devicesPage, devicesSource } from "./devices-page.tsx";
import { ownPage, type PortalParts } from "./own-page.ts";
import { sentence } from "./sentence.ts";

/** What is said once when something was done; a link may name no other words. */
const DONE: Readonly<Record<string, string>> = {
  renamed: "The device has its new name.",
  cleared: "The device was let go of.",
  deleted: "The device was deleted.",
};

/** Adds the list of devices, each device's page, and what its owner may do with it. */
export function addDevicePages(app: Hono<{ Bindings: Bindings }>, parts: PortalParts): void {
  const { platform, check, streams } = parts;
  const { devices } = platform;
  const done = ({ req }: Call): string | undefined => {
    const named = req.query("done") ?? "";
    return Object.hasOwn(DONE, named) ? DONE[named] : undefined;
  };
  const did = ({ req }: Call): string => req.param("did") ?? "";

  app.get(
    "/devices",
    ownPage(parts, (call, session) =>
      devicesPage(platform, session, readPage(call.req.query("page")), done(call)),
    ),
  );
  app.get("/devices/events", (call) =>
    streams.open(call, (uid) => devicesSource(platform, uid, readPage(call.req.query("page")))),
  );
  app.get(
    "/devices/:did",
    ownPage(parts, (call, session) =>
      devicePage(platform, session, did(call), {
        done: done(call),
        nodes: readPage(call.req.query("nodes")),
      }),
    ),
  );
  app.get("/devices/:did/events", (call) =>
    streams.open(call, (uid) => deviceSource(platform, uid, did(call), readPage(call.req.query("nodes")))),
  );

  app.post("/devices/:did/rename", async (call) => {
    const { form, session } = await readOwnForm(call, check, platform.accounts);
    try {
      devices.rename(session.user.uid, did(call), form.name ?? "");
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 400) throw error;
      const problem = sentence(error.message);
      return pageAnswer(await devicePage(platform, session, did(call), { problem, nodes: 1 }), 400);
    }
    return redirect(`/devices/${did(call)}?done=renamed`);
  });

  const sure = async (call: Call): Promise<string> => {
    const { form, session } = await readOwnForm(call, check, platform.accounts);
    if (form.sure !== "yes") throw new ApiError(400, "it was not said that you are sure");
    return session.user.uid;
  };
  app.post("/devices/:did/clear", async (call) => {
    devices.clearRegistration(await sure(call), did(call));
    return redirect(`/devices/${did(call)}?done=cleared`);
  });
  app.post("/devices/:did/delete", async (call) => {
    devices.remove(await sure(call), did(call));
    return redirect("/devices?done=deleted");
  });
}
