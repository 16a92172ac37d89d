import type { Accounts, Session } from "../accounts.ts";
import { SESSION_MS } from "../accounts.ts";
import { ApiError } from "../api-error.ts";
import type { Call } from "../http/answer.ts";
import type { HostCheck } from "../http/host-check.ts";
import { sameText } from "../secrets.ts";

const COOKIE = "samicerts_session";

/** A form's fields, each at most once. */
export type Form = Readonly<Record<string, string>>;

/** The session of the request's cookie, where it stands. */
export function sessionOf(call: Call, accounts: Accounts): Session | undefined {
  return accounts.session(sessionToken(call));
}

/** What the session's cookie holds. */
export function sessionToken(call: Call): string | undefined {
  const cookies = call.req.header("cookie") ?? "";
  return new RegExp(`(?:^|; *)${COOKIE}=([0-9a-f]{32})(?:;|$)`).exec(cookies)?.[1];
}

/** The cookie that begins a session: not for scripts, and not sent with what another site posts. */
export function sessionCookie(token: string): string {
  return `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${SESSION_MS / 1000}`;
}

/** The cookie that ends it. */
export function endingCookie(): string {
  return `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
}

/**
 * Reads a form that this sandbox's own page sent; throws ApiError 403 for one that another site made a browser send, 400
 * for a body that is no form.
 */
export async function readForm(call: Call, check: HostCheck): Promise<Form> {
  check.origin(call.req.header("origin"), call.req.header("host"));
  const site = call.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none")
    throw new ApiError(403, "the form was sent by another site");
  if (call.req.header("content-type")?.split(";")[0]?.trim() !== "application/x-www-form-urlencoded")
    throw new ApiError(400, "the body is not a form");
  return Object.fromEntries(new URLSearchParams(await call.req.text()));
}

/** As `readForm`, of a user who has signed in: throws ApiError 401 without a session, 403 without the session's csrf. */
export async function readOwnForm(
  call: Call,
  check: HostCheck,
  accounts: Accounts,
): Promise<{ readonly form: Form; readonly session: Session }> {
  const form = await readForm(call, check);
  const session = sessionOf(call, accounts);
  if (session === undefined) throw new ApiError(401, "sign in first");
  if (!sameText(form.csrf ?? "", session.csrf))
    throw new ApiError(403, "the form is not of this session; load the page again");
  return { form, session };
}

/** Where to go on after signing in: a path of this sandbox, nothing else. */
export function ownPath(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next) || /[\\\p{Cc}]/u.test(next)) return "/";
  return next;
}
