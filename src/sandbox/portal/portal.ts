import { redirect } from "../web/page-answer.ts";
import type { WebParts } from "../web/web-app.ts";
import { addAssetRoutes } from "./assets.ts";
import { consentPage } from "./consent-page.tsx";
import { addDevicePages } from "./device-routes.ts";
import { openLiveStreams } from "./live-streams.ts";
import { ownPage } from "./own-page.ts";
import { problemPage } from "./problem-page.tsx";
import { refusalsPage, refusalsSource } from "./refusals-page.tsx";
import { addRegisterPages } from "./register-routes.ts";
import { signInPage } from "./sign-in-page.tsx";
import { vendorsPage } from "./vendors-page.tsx";

/** The web page of a sandbox, for `startSandbox`. */
export const PORTAL: Required<Pick<WebParts, "addPortal" | "pages">> = {
  pages: { signIn: signInPage, consent: consentPage, problem: problemPage },
  addPortal(app, { platform, check, failed }) {
    const streams = openLiveStreams(platform.accounts, check, failed);
    const parts = { platform, check, failed, streams };
    addAssetRoutes(app);
    app.get("/", () => redirect("/devices"));
    addDevicePages(app, parts);
    addRegisterPages(app, parts);
    app.get(
      "/vendors",
      ownPage(parts, (_, session) => vendorsPage(platform, session)),
    );
    app.get(
      "/refusals",
      ownPage(parts, (_, session) => refusalsPage(platform, session)),
    );
    app.get("/refusals/events", (call) => streams.open(call, () => refusalsSource(platform)));
  },
};
