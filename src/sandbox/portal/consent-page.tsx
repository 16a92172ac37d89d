import type { Session } from "../accounts.ts";
import type { AuthorizeRequest } from "../oauth.ts";
import { pageText } from "./layout.tsx";

const MEANING: Readonly<Record<string, string>> = {
  read: "see your devices and what they have sent",
  write: "add devices, confirm PINs, and send in their name",
};

/** Asks whether an application may act for the user. */
export function consentPage(
  { application, scope, redirectUri }: AuthorizeRequest,
  session: Session,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  return pageText(
    { title: `Allow ${application.name}?`, session, narrow: true },
    <>
      <p class="lead">
        <bdi>{application.name}</bdi> asks for access on behalf of <bdi>{session.user.name}</bdi>,{" "}
        {session.user.email}. It would be able to:
      </p>
      <ul class="plain-list">
        {scope.map((each) => (
          <li>{MEANING[each] ?? each}</li>
        ))}
      </ul>
      <form class="card form" method="post" action="/authorize">
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <p>
          Either answer leads to <code>{redirectUri}</code>.
        </p>
        <div class="buttons">
          <button type="submit" class="button" name="answer" value="allow">
            Allow
          </button>
          <button type="submit" class="button button-quiet" name="answer" value="deny">
            Deny
          </button>
        </div>
      </form>
    </>,
  );
}
