import type { Session } from "../accounts.ts";
import type { ApiError, ErrorStatus } from "../api-error.ts";
import { pageText } from "./layout.tsx";
import { sentence } from "./sentence.ts";

const TITLES: Readonly<Partial<Record<ErrorStatus, string>>> = {
  401: "Sign in first",
  403: "That is not allowed",
  404: "Not found",
  429: "Too often",
  500: "The sandbox failed",
  503: "Too busy",
};

/** Tells a person what was refused, or is not there. */
export function problemPage({ status, message }: ApiError, session: Session | undefined): Promise<string> {
  return pageText(
    { title: TITLES[status] ?? "That did not work", session, narrow: true, failed: true },
    <>
      <p class="lead">{sentence(message)}</p>
      <p>
        {session === undefined ? <a href="/signin">Sign in</a> : <a href="/devices">Go to your devices</a>}
      </p>
    </>,
  );
}
