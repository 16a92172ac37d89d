import type { Session } from "../accounts.ts";
import type { Device } from "../devices.ts";
import type { Platform } from "../platform.ts";
import { VerdictBadge } from "./badge.tsx";
import { type ListedDevice, listDevices } from "./device-list.ts";
import { Expiry, Serial } from "./facts.tsx";
import { type Html, NOTHING } from "./html.ts";
import { Latest } from "./latest.tsx";
import { pageText } from "./layout.tsx";
import { LiveBar } from "./live-bar.tsx";
import type { LiveSource } from "./live-stream.ts";
import { Pager } from "./pager.tsx";

/** Messages that a line in the list is drawn of. */
const DRAWN = 30;
/** How often it is looked whether there are more devices. */
const LOOK_MS = 5000;
/** How often what was sent is shown at most. */
const RENEW_MS = 1000;

/** The user's devices, so many a page, with what each sent last. */
export function devicesPage(
  platform: Platform,
  session: Session,
  page: number,
  done?: string,
): Promise<string> {
  const { uid } = session.user;
  const list = listDevices(platform, uid, page);
  const some = list.total > 0;
  return pageText(
    {
      title: "Devices",
      session,
      menu: "/devices",
      events: `/devices/events?page=${list.page}`,
      beside: some ? (
        <a class="button" href="/register">
          Register a device
        </a>
      ) : undefined,
    },
    <>
      {done === undefined ? (
        ""
      ) : (
        <p class="notice notice-good" role="status">
          {done}
        </p>
      )}
      <LiveBar />
      <div id="changed">{changedText(list.total, list.total)}</div>
      {some ? (
        <>
          <ul class="devices">
            {list.listed.map((each) => (
              <Listed platform={platform} uid={uid} listed={each} now={platform.world.clock.now()} />
            ))}
          </ul>
          <Pager
            page={list.page}
            pages={list.pages}
            href={(each) => `/devices?page=${each}`}
            label="Pages of devices"
          />
        </>
      ) : (
        <Nothing />
      )}
    </>,
  );
}

/** What changes on that page; only what has changed is looked at. */
export function devicesSource(platform: Platform, uid: string, page: number): LiveSource {
  const list = listDevices(platform, uid, page);
  const shown = new Map<string, { device: Device; drawn: boolean }>();
  for (const { device, nodes } of list.listed) {
    shown.set(device.did, { device, drawn: true });
    for (const node of nodes) shown.set(node.did, { device: node, drawn: false });
  }
  const changed = new Set(shown.keys());
  return {
    everyMs: LOOK_MS,
    noSoonerMs: RENEW_MS,
    subscribe: (wake) =>
      platform.messages.subscribe(uid, ({ sdid }) => {
        if (!shown.has(sdid)) return;
        changed.add(sdid);
        wake();
      }),
    view: () => {
      const regions: Record<string, Html> = {
        changed: changedText(list.total, platform.devices.count(uid)),
      };
      for (const did of changed) {
        const known = shown.get(did);
        // One that was deleted meanwhile leaves the others as they are.
        if (known === undefined || platform.devices.find(did)?.uid !== uid) continue;
        regions[`latest-${did}`] = <LatestOf platform={platform} uid={uid} {...known} />;
      }
      changed.clear();
      return { regions };
    },
  };
}

function changedText(before: number, now: number): Html {
  if (before === now) return NOTHING;
  return (
    <p class="notice">
      {now > before ? "There is a new device." : "A device is gone."} <a href="/devices">Show all devices</a>
    </p>
  );
}

function LatestOf({
  platform,
  uid,
  device,
  drawn,
}: {
  platform: Platform;
  uid: string;
  device: Device;
  drawn: boolean;
}): Html {
  return <Latest messages={platform.messages.page(uid, device.did, drawn ? DRAWN : 1)} drawn={drawn} />;
}

function Listed({
  platform,
  uid,
  listed,
  now,
}: {
  platform: Platform;
  uid: string;
  listed: ListedDevice;
  now: number;
}): Html {
  const { device, type, certificate, nodes, nodeCount } = listed;
  return (
    <li class="card device">
      <div class="device-head">
        <h2>
          <a href={`/devices/${device.did}`}>
            <bdi>{device.name}</bdi>
          </a>
        </h2>
        <VerdictBadge certificate={certificate} node={device.hub !== undefined} />
        <p class="device-type">
          <bdi>{type}</bdi>
        </p>
      </div>
      {certificate === undefined ? (
        ""
      ) : (
        <dl class="facts">
          <Serial serial={certificate.summary.serial} />
          <Expiry ms={certificate.notAfterMs} now={now} />
        </dl>
      )}
      <div class="latest" id={`latest-${device.did}`}>
        <LatestOf platform={platform} uid={uid} device={device} drawn={true} />
      </div>
      {nodeCount === 0 ? (
        ""
      ) : (
        <div class="nodes">
          <h3>{nodeCount === 1 ? "1 end node" : `${nodeCount} end nodes`} of this hub</h3>
          <ul>
            {nodes.map((node) => (
              <li>
                <a href={`/devices/${node.did}`}>
                  <bdi>{node.name}</bdi>
                </a>
                <div class="latest latest-line" id={`latest-${node.did}`}>
                  <LatestOf platform={platform} uid={uid} device={node} drawn={false} />
                </div>
              </li>
            ))}
          </ul>
          {nodeCount > nodes.length ? (
            <a href={`/devices/${device.did}#nodes`}>All {nodeCount} end nodes</a>
          ) : (
            ""
          )}
        </div>
      )}
    </li>
  );
}

function Nothing(): Html {
  return (
    <div class="card empty">
      <h2>No device yet</h2>
      <p>
        A device that registers shows a PIN. With that PIN, and the end of its serial number, it becomes
        yours.
      </p>
      <p>
        <a class="button" href="/register">
          Register a device
        </a>
      </p>
      <p class="aside">
        Without one at hand, let this computer be it: <code>samicerts rehearse 100000001</code>
      </p>
    </div>
  );
}
