import { html } from "hono/html";
import type { Session } from "../accounts.ts";
import type { ApiError } from "../api-error.ts";
import type { AuthorizeRequest } from "../oauth.ts";

/** The pages that signing in and OAuth need; a portal brings its own. */
export interface Pages {
  /** Asks for address and password; `problem` is why they were asked for again. */
  signIn(next: string, problem?: string): string | Promise<string>;
  /** Asks whether the application may act for the user; `fields` are what the form must send back beside the answer. */
  consent(
    request: AuthorizeRequest,
    session: Session,
    fields: Readonly<Record<string, string>>,
  ): string | Promise<string>;
  /** Tells a person what was refused or is not there; JSON does where there is none. */
  problem?(error: ApiError, session: Session | undefined): string | Promise<string>;
}

/** The plainest pages that do. */
export const PLAIN_PAGES: Pages = {
  signIn: async (next, problem) =>
    String(
      await page(
        "Sign in",
        html`${problem === undefined ? "" : html`<p role="alert">${problem}</p>`}
<form method="post" action="/signin"><input type="hidden" name="next" value="${next}">
<p><label>Address <input name="email" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>Sign in</button></p></form>`,
      ),
    ),
  consent: async ({ application, scope }, { user }, fields) =>
    String(
      await page(
        `Allow ${application.name}?`,
        html`<p>${application.name} asks to ${scope.join(" and ")} on behalf of ${user.name}.</p>
<form method="post" action="/authorize">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<p><button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button></p></form>`,
      ),
    ),
};

function page(title: string, body: unknown) {
  return html`<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title><main><h1>${title}</h1>${body}</main></html>`;
}
