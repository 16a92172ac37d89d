import type { Accounts } from "../accounts.ts";
import { ApiError } from "../api-error.ts";
import type { Call } from "../http/answer.ts";
import type { HostCheck } from "../http/host-check.ts";
import { sessionOf, sessionToken } from "../web/session.ts";
import { type LiveSource, liveStream } from "./live-stream.ts";

/** Pages that are told of changes as they come, by server-sent events (HTML, 9.2). */
export interface LiveStreams {
  /**
   * Answers with a stream that stands as long as the session that asked for it. Throws ApiError 401 without one, 403 for
   * another site's, 405 for anything but GET, 429 where there are too many.
   */
  open(call: Call, source: (uid: string) => LiveSource): Response;
  /** How many there are. */
  count(): number;
}

/** Streams at a time: of one user, and of all. */
export const MOST_OF_USER = 12;
const MOST_OF_ALL = 256;

/** Opens streams for the users of `accounts`; `failed` is told of what goes wrong in one. */
export function openLiveStreams(
  accounts: Accounts,
  check: HostCheck,
  failed: (error: unknown) => void,
): LiveStreams {
  const ofUser = new Map<string, number>();
  let all = 0;
  const change = (uid: string, by: number): void => {
    all += by;
    const count = (ofUser.get(uid) ?? 0) + by;
    if (count === 0) ofUser.delete(uid);
    else ofUser.set(uid, count);
  };
  return {
    count: () => all,
    open(call, sourceOf) {
      // A HEAD would begin a stream that nobody reads, and that nobody's going would end.
      if (call.req.method !== "GET") throw new ApiError(405, "what is new is asked for with GET");
      check.origin(call.req.header("origin"), call.req.header("host"));
      const site = call.req.header("sec-fetch-site");
      if (site !== undefined && site !== "same-origin" && site !== "none")
        throw new ApiError(403, "another site asked for what is new");
      const session = sessionOf(call, accounts);
      if (session === undefined) throw new ApiError(401, "sign in first");
      const { uid } = session.user;
      if (all >= MOST_OF_ALL || (ofUser.get(uid) ?? 0) >= MOST_OF_USER)
        throw new ApiError(429, "too many pages are open at once; close one");
      const token = sessionToken(call);
      const source = sourceOf(uid);
      const stands = (): boolean => accounts.session(token)?.user.uid === uid;
      const body = liveStream(source, { stands, failed, ended: () => change(uid, -1) });
      change(uid, 1);
      return new Response(body, {
        headers: {
          "Content-Type": "text/event-stream; charset=utf-8",
          "Cache-Control": "no-store",
          "Cross-Origin-Resource-Policy": "same-origin",
          "X-Content-Type-Options": "nosniff",
        },
      });
    },
  };
}
