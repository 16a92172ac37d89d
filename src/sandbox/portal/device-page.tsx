import type { Session } from "../accounts.ts";
import type { Device } from "../devices.ts";
import type { Message } from "../messages.ts";
import type { Platform } from "../platform.ts";
import { VerdictBadge } from "./badge.tsx";
import { CertificateCard } from "./certificate-card.tsx";
import { viewCertificate } from "./certificate-view.ts";
import { Chart } from "./chart.tsx";
import { typeName } from "./device-list.ts";
import type { Html } from "./html.ts";
import { dataText } from "./latest.tsx";
import { pageText } from "./layout.tsx";
import { LiveBar } from "./live-bar.tsx";
import type { LiveSource } from "./live-stream.ts";
import { ManageCard } from "./manage-card.tsx";
import { timeText } from "./moment.ts";
import { listNodes, Nodes, nodeRegions } from "./nodes.tsx";
import { numberText, numericSeries } from "./series.ts";
import { TimeTag } from "./time-tag.tsx";

/** Messages that charts are drawn of, and that the table has. */
const DRAWN = 120;
const LISTED = 12;
const MOST_TEXT = 400;
/** How often the certificate is looked at anew: it expires, or is revoked. */
const LOOK_MS = 5000;

/** What is shown beside the device itself. */
export interface DevicePageParts {
  readonly done?: string | undefined;
  /** Why a change was not made. */
  readonly problem?: string | undefined;
  /** The page of its end nodes. */
  readonly nodes: number;
}

/** One device: what it sends, its certificate, its end nodes. Throws ApiError 404 for another user's. */
export function devicePage(
  platform: Platform,
  session: Session,
  did: string,
  { done, problem, nodes }: DevicePageParts,
): Promise<string> {
  const { uid } = session.user;
  const device = platform.devices.own(uid, did);
  const hub = device.hub === undefined ? undefined : platform.devices.find(device.hub);
  const messages = platform.messages.page(uid, did, DRAWN);
  const list = listNodes(platform, uid, did, nodes);
  return pageText(
    {
      title: device.name,
      session,
      menu: "/devices",
      events: `/devices/${did}/events?nodes=${list.page}`,
      failed: problem !== undefined,
      above: (
        <nav class="trail" aria-label="Where this is">
          <a href="/devices">Devices</a>
        </nav>
      ),
      beside: <div id="verdict">{verdict(platform, device)}</div>,
    },
    <>
      {done === undefined ? (
        ""
      ) : (
        <p class="notice notice-good" role="status">
          {done}
        </p>
      )}
      {problem === undefined ? (
        ""
      ) : (
        <p class="notice notice-bad" role="alert" id="problem">
          {problem}
        </p>
      )}
      <p class="lead">
        Type <bdi>{typeName(platform, device)}</bdi>, added <TimeTag ms={device.createdMs} as="day" />
        {device.hub === undefined ? (
          ""
        ) : hub?.uid === uid ? (
          <>
            , sends through{" "}
            <a href={`/devices/${hub.did}`}>
              <bdi>{hub.name}</bdi>
            </a>
          </>
        ) : (
          ", sends through another user's hub"
        )}
      </p>
      <LiveBar />
      <div class="columns">
        <div class="column">
          <section aria-labelledby="data-title">
            <h2 id="data-title">Data</h2>
            <div id="data">{data(messages)}</div>
          </section>
          <Nodes platform={platform} uid={uid} hub={device} list={list} />
        </div>
        <div class="column column-side">
          <div id="certificate">{certificate(platform, device)}</div>
          <ManageCard device={device} session={session} wrong={problem !== undefined} />
        </div>
      </div>
    </>,
  );
}

/** What changes on that page, with that page of its end nodes; throws ApiError 404 for another user's device. */
export function deviceSource(platform: Platform, uid: string, did: string, nodes: number): LiveSource {
  const list = listNodes(platform, uid, did, nodes);
  const shown = new Set([did, ...list.nodes.map((node) => node.did)]);
  return {
    everyMs: LOOK_MS,
    subscribe: (wake) =>
      platform.messages.subscribe(uid, ({ sdid }) => {
        if (shown.has(sdid)) wake();
      }),
    view: () => {
      const device = platform.devices.own(uid, did);
      const messages = platform.messages.page(uid, did, DRAWN);
      return {
        regions: {
          data: data(messages),
          verdict: verdict(platform, device),
          certificate: certificate(platform, device),
          ...nodeRegions(platform, uid, list),
        },
        note: noteOf(messages),
      };
    },
  };
}

function verdict(platform: Platform, device: Device): Html {
  return <VerdictBadge certificate={viewCertificate(platform, device)} node={device.hub !== undefined} />;
}

function certificate(platform: Platform, device: Device): Html {
  return (
    <CertificateCard
      device={device}
      certificate={viewCertificate(platform, device)}
      now={platform.world.clock.now()}
    />
  );
}

function noteOf(messages: readonly Message[]): string {
  const [newest] = messages;
  if (newest === undefined) return "";
  const values = numericSeries([newest]).map(({ name, newest: value }) => `${name} ${numberText(value)}`);
  return `New data at ${timeText(newest.receivedMs)}${values.length === 0 ? "" : `: ${values.join(", ")}`}`;
}

function data(messages: readonly Message[]): Html {
  if (messages.length === 0)
    return (
      <div class="card empty">
        <p>Nothing has come from this device yet. What it sends is shown here as it arrives.</p>
      </div>
    );
  const series = numericSeries(messages);
  return (
    <>
      {series.length === 0 ? (
        ""
      ) : (
        <div class="charts">
          {series.map((each) => (
            <Chart series={each} />
          ))}
        </div>
      )}
      <div class="card table-card">
        <table class="stacked">
          <caption>{messages.length > LISTED ? `The newest ${LISTED} messages` : "Messages"}</caption>
          <thead>
            <tr>
              <th scope="col">Arrived</th>
              <th scope="col">Data</th>
            </tr>
          </thead>
          <tbody>
            {messages.slice(0, LISTED).map(({ receivedMs, data: sent }) => (
              <tr>
                <td class="when">
                  <TimeTag ms={receivedMs} as="time" /> <TimeTag ms={receivedMs} as="day" />
                </td>
                <td>
                  <code>
                    <bdi>{dataText(sent, MOST_TEXT)}</bdi>
                  </code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
