import type { Session } from "../accounts.ts";
import type { Device } from "../devices.ts";
import type { Content, Html } from "./html.ts";

/** What its owner may do with a device. */
export function ManageCard({
  device,
  session,
  wrong,
}: {
  device: Device;
  session: Session;
  wrong: boolean;
}): Html {
  const { did, name, sha256 } = device;
  const own = { did, csrf: session.csrf };
  return (
    <section class="card" aria-labelledby="manage-title">
      <h2 id="manage-title">Manage</h2>
      <Action {...own} verb="rename">
        <label for="name">Name</label>
        <div class="joined">
          <input
            id="name"
            name="name"
            type="text"
            value={name}
            maxlength={64}
            required
            autocomplete="off"
            aria-describedby={wrong ? "problem" : undefined}
            aria-invalid={wrong ? "true" : undefined}
          />
          <button type="submit" class="button button-quiet">
            Rename
          </button>
        </div>
      </Action>
      {sha256 === undefined ? (
        ""
      ) : (
        <Fold title="Let go of this device">
          <p>Its token ends and it can't send until it is registered again. What it has sent stays.</p>
          <Action {...own} verb="clear">
            <Sure id="sure-clear" words="Yes, let go of it" />
            <button type="submit" class="button button-bad">
              Let go
            </button>
          </Action>
        </Fold>
      )}
      <Fold title="Delete this device">
        <p>It goes from your devices, with its end nodes if it is a hub.</p>
        <Action {...own} verb="delete">
          <Sure id="sure-delete" words="Yes, delete it" />
          <button type="submit" class="button button-bad">
            Delete
          </button>
        </Action>
      </Fold>
    </section>
  );
}

function Fold({ title, children }: { title: string; children?: Content }): Html {
  return (
    <details>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

function Sure({ id, words }: { id: string; words: string }): Html {
  return (
    <p class="sure">
      <input type="checkbox" id={id} name="sure" value="yes" required /> <label for={id}>{words}</label>
    </p>
  );
}

function Action({
  did,
  csrf,
  verb,
  children,
}: {
  did: string;
  csrf: string;
  verb: string;
  children?: Content;
}): Html {
  return (
    <form method="post" action={`/devices/${did}/${verb}`} class="action">
      <input type="hidden" name="csrf" value={csrf} />
      {children}
    </form>
  );
}
