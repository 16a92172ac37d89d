import type { Device } from "../devices.ts";
import type { Platform } from "../platform.ts";
import { typeName } from "./device-list.ts";
import { type Html, NOTHING } from "./html.ts";
import { Latest } from "./latest.tsx";
import { Pager } from "./pager.tsx";

const PER_PAGE = 50;

/** The user's end nodes of a hub, so many a page; nothing for a device that is none. */
export function Nodes({
  platform,
  uid,
  hub,
  page,
}: {
  platform: Platform;
  uid: string;
  hub: Device;
  page: number;
}): Html {
  const all = platform.devices.ofUser(uid).filter((each) => each.hub === hub.did);
  if (all.length === 0) return NOTHING;
  const pages = Math.ceil(all.length / PER_PAGE);
  const shown = Math.min(page, pages);
  return (
    <section aria-labelledby="nodes">
      <h2 id="nodes">End nodes</h2>
      <ul class="card node-list">
        {all.slice((shown - 1) * PER_PAGE, shown * PER_PAGE).map((node) => (
          <li>
            <div>
              <a href={`/devices/${node.did}`}>
                <bdi>{node.name}</bdi>
              </a>
              <p class="device-type">
                <bdi>{typeName(platform, node)}</bdi>
              </p>
            </div>
            <div class="latest latest-line">
              <Latest messages={platform.messages.page(uid, node.did, 1)} />
            </div>
          </li>
        ))}
      </ul>
      <Pager
        page={shown}
        pages={pages}
        href={(each) => `/devices/${hub.did}?nodes=${each}#nodes`}
        label="Pages of end nodes"
      />
    </section>
  );
}
