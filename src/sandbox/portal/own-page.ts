import type { Session } from "../accounts.ts";
import type { Call } from "../http/answer.ts";
import { pageAnswer, redirect } from "../web/page-answer.ts";
import { sessionOf } from "../web/session.ts";
import type { WebParts } from "../web/web-app.ts";
import type { LiveStreams } from "./live-streams.ts";

/** What the portal's pages are made from. */
export interface PortalParts extends Pick<WebParts, "platform" | "check" | "failed"> {
  readonly streams: LiveStreams;
}

/** A page for the user who has signed in; whoever has not is asked to, and comes back. */
export function ownPage(
  { platform }: Pick<PortalParts, "platform">,
  page: (call: Call, session: Session) => Promise<string>,
): (call: Call) => Promise<Response> {
  return async (call) => {
    const session = sessionOf(call, platform.accounts);
    if (session !== undefined) return pageAnswer(await page(call, session));
    const { pathname, search } = new URL(call.req.url);
    return redirect(`/signin?${new URLSearchParams({ next: pathname + search })}`);
  };
}
