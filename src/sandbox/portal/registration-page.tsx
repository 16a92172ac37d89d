import type { Session } from "../accounts.ts";
import type { Platform } from "../platform.ts";
import type { RegistrationStatus, Standing } from "../registrations.ts";
import type { Html } from "./html.ts";
import { pageText } from "./layout.tsx";
import { LiveBar } from "./live-bar.tsx";
import type { LiveSource } from "./live-stream.ts";

const LOOK_MS = 500;

const WORDS: Readonly<Record<RegistrationStatus, string>> = {
  PENDING_USER_CONFIRMATION: "The PIN is not confirmed yet.",
  PENDING_DEVICE_COMPLETION: "The PIN is right. Waiting for the device to complete its registration.",
  REGISTERED: "The device is registered and may send data.",
  EXPIRED: "The device did not complete in time. Have it register again.",
  REVOKED: "The request was withdrawn: the device has asked again, or was let go of.",
};

/** Where a registration stands that the user has confirmed. Throws ApiError 404 for another's. */
export function registrationPage(platform: Platform, session: Session, rid: string): Promise<string> {
  const standing = platform.registrations.standingForUser(session.user.uid, rid);
  return pageText(
    {
      title: "Registration",
      session,
      menu: "/register",
      narrow: true,
      events: `/registrations/${rid}/events`,
    },
    <>
      <div id="standing">{standingHtml(standing)}</div>
      <LiveBar />
      <noscript>
        <p>
          <a href={`/registrations/${rid}`}>Look again</a>
        </p>
      </noscript>
    </>,
  );
}

/** What changes on that page. */
export function registrationSource(platform: Platform, uid: string, rid: string): LiveSource {
  return {
    everyMs: LOOK_MS,
    view: () => {
      const standing = platform.registrations.standingForUser(uid, rid);
      return { regions: { standing: standingHtml(standing) }, note: WORDS[standing.status] };
    },
  };
}

type Step = "done" | "now" | "later" | "failed";

function standingHtml({ status, did }: Standing): Html {
  const completed: Step = status === "REGISTERED" ? "done" : status.startsWith("PENDING") ? "now" : "failed";
  return (
    <div class="card">
      <ol class="steps">
        <StepItem step="done" words="PIN and serial number confirmed" />
        <StepItem step={completed} words="Device completes the registration" />
        <StepItem step={status === "REGISTERED" ? "done" : "later"} words="Ready to send data" />
      </ol>
      <p>{WORDS[status]}</p>
      {did === undefined ? (
        ""
      ) : (
        <p>
          <a class="button" href={`/devices/${did}`}>
            Open the device
          </a>
        </p>
      )}
      {completed === "failed" ? (
        <p>
          <a class="button" href="/register">
            Try again
          </a>
        </p>
      ) : (
        ""
      )}
    </div>
  );
}

const STEP_WORDS: Readonly<Record<Step, string>> = {
  done: "done",
  now: "in progress",
  later: "not yet",
  failed: "did not happen",
};

const STEP_MARKS: Readonly<Record<Step, string>> = {
  done: "m6.8 11.4 2.9 2.9 5.5-6.2",
  now: "M11 11h0",
  later: "",
  failed: "m7.6 7.6 6.8 6.8m0-6.8-6.8 6.8",
};

function StepItem({ step, words }: { step: Step; words: string }): Html {
  return (
    <li class={`step step-${step}`}>
      <svg class="step-mark" viewBox="0 0 22 22" aria-hidden="true">
        <circle cx="11" cy="11" r="9.5" />
        <path d={STEP_MARKS[step]} />
      </svg>
      {words} <span class="unseen">({STEP_WORDS[step]})</span>
    </li>
  );
}
