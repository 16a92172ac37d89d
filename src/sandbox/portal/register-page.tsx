import type { Session } from "../accounts.ts";
import { PIN_ATTEMPTS } from "../confirm.ts";
import type { Platform } from "../platform.ts";
import type { DeviceType } from "../vendors.ts";
import { Field, FieldError } from "./field.tsx";
import type { Html } from "./html.ts";
import { pageText } from "./layout.tsx";
import type { EntryProblems, RegisterEntry } from "./register-form.ts";
import { sentence } from "./sentence.ts";

/** What was entered, and what is wrong with it. */
export interface Refilled {
  readonly entry: Partial<RegisterEntry>;
  readonly problems?: EntryProblems;
  /** Why the platform did not take it. */
  readonly refused?: string;
}

/** Asks for what makes a device its owner's: type, name, PIN and the last four digits of the serial number. */
export function registerPage(platform: Platform, session: Session, refilled: Refilled): Promise<string> {
  const { entry, problems = {}, refused } = refilled;
  const again = entry.device ? platform.devices.own(session.user.uid, entry.device) : undefined;
  const failed = refused !== undefined || Object.keys(problems).length > 0;
  const types = platform.vendors.types().filter(({ id }) => again === undefined || id === again.dtid);
  return pageText(
    {
      title: again === undefined ? "Register a device" : `Register ${again.name} again`,
      session,
      menu: "/register",
      narrow: true,
      failed,
    },
    types.length === 0 ? (
      <NoTypes />
    ) : (
      <>
        <p class="lead">The device shows a PIN when it registers. It is good for 15 minutes.</p>
        {failed ? <Summary problems={problems} refused={refused} /> : ""}
        <form class="card form" method="post" action="/register">
          <input type="hidden" name="csrf" value={session.csrf} />
          <input type="hidden" name="device" value={entry.device ?? ""} />
          <TypeField platform={platform} types={types} chosen={entry.type ?? ""} error={problems.type} />
          {again === undefined ? (
            <Field
              name="name"
              label="Name"
              hint="What you call it, such as Living room lamp."
              error={problems.name}
              value={entry.name}
              input={{ type: "text", maxlength: 64, autocomplete: "off" }}
            />
          ) : (
            ""
          )}
          <div class="pair">
            <Field
              name="pin"
              label="PIN"
              hint="8 letters and digits, on the device."
              error={problems.pin}
              describedBy={refused === undefined ? undefined : "refused"}
              value={entry.pin}
              input={{
                type: "text",
                class: "code",
                maxlength: 12,
                autocomplete: "one-time-code",
                autocapitalize: "characters",
                spellcheck: "false",
              }}
            />
            <Field
              name="lastFour"
              label="Last four digits"
              hint="Of its serial number."
              error={problems.lastFour}
              describedBy={refused === undefined ? undefined : "refused"}
              value={entry.lastFour}
              input={{ type: "text", class: "code", inputmode: "numeric", maxlength: 4, autocomplete: "off" }}
            />
          </div>
          <Attempts left={platform.registrations.attemptsLeft(session.user.uid)} />
          <button type="submit" class="button">
            Register
          </button>
        </form>
      </>
    ),
  );
}

function TypeField({
  platform,
  types,
  chosen,
  error,
}: {
  platform: Platform;
  types: readonly DeviceType[];
  chosen: string;
  error: string | undefined;
}): Html {
  const vendors = new Map(platform.vendors.all().map(({ id, name }) => [id, name]));
  const [only] = types;
  return (
    <div class="field">
      <label for="type">Device type</label>
      <FieldError name="type" error={error} />
      <select
        id="type"
        name="type"
        required
        aria-describedby={error === undefined ? undefined : "type-error"}
        aria-invalid={error === undefined ? undefined : "true"}
      >
        {types.length === 1 ? "" : <option value="">Choose one</option>}
        {types.map(({ id, name, vendor }) => (
          <option value={id} selected={id === chosen || (types.length === 1 && id === only?.id)}>
            {vendors.size > 1 ? `${name} (${vendors.get(vendor) ?? ""})` : name}
          </option>
        ))}
      </select>
    </div>
  );
}

function Attempts({ left }: { left: number }): Html {
  return (
    <p class="attempts">
      <span class="attempts-dots" aria-hidden="true">
        {Array.from({ length: PIN_ATTEMPTS }, (_, place) => (
          <span class={place < left ? "attempts-left" : ""} />
        ))}
      </span>
      {left === 0
        ? "No attempt left. Wait 15 minutes, then have the device register again."
        : `${left} of ${PIN_ATTEMPTS} attempts left; then the request is dead.`}
    </p>
  );
}

function Summary({ problems, refused }: { problems: EntryProblems; refused: string | undefined }): Html {
  const listed = Object.entries(problems);
  return (
    <div class="notice notice-bad" role="alert" tabindex={-1} autofocus>
      {refused === undefined ? (
        <>
          <p>
            <strong>Something is missing. No attempt was used.</strong>
          </p>
          <ul>
            {listed.map(([field, text]) => (
              <li>
                <a href={`#${field}`}>{text}</a>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p id="refused">{sentence(refused)}</p>
      )}
    </div>
  );
}

function NoTypes(): Html {
  return (
    <div class="card empty">
      <p>There is no device type to register a device of: no vendor is trusted yet.</p>
      <p>
        Start the sandbox in a vendor's directory, or add a root:{" "}
        <code>samicerts sandbox vendor add root.crt --state FILE</code>
      </p>
    </div>
  );
}
