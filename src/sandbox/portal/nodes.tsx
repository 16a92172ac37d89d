import type { Device } from "../devices.ts";
import type { Platform } from "../platform.ts";
import { typeName } from "./device-list.ts";
import { type Html, NOTHING } from "./html.ts";
import { Latest } from "./latest.tsx";
import { Pager } from "./pager.tsx";

/** A page of a hub's end nodes. */
export interface NodeList {
  readonly nodes: readonly Device[];
  readonly page: number;
  readonly pages: number;
}

const PER_PAGE = 50;

/** Lists the end nodes of a hub that are this user's, so many a page. */
export function listNodes({ devices }: Platform, uid: string, hub: string, page: number): NodeList {
  const all = devices.ofHub(uid, hub);
  const pages = Math.ceil(all.length / PER_PAGE);
  const shown = Math.min(page, Math.max(1, pages));
  return { nodes: all.slice((shown - 1) * PER_PAGE, shown * PER_PAGE), page: shown, pages };
}

/** What each of them sent last, by the id of the element that it is in. */
export function nodeRegions(platform: Platform, uid: string, { nodes }: NodeList): Record<string, Html> {
  return Object.fromEntries(
    nodes
      // One that was deleted meanwhile leaves the others as they are.
      .filter(({ did }) => platform.devices.find(did)?.uid === uid)
      .map((node) => [`latest-${node.did}`, latest(platform, uid, node)]),
  );
}

/** Shows them; nothing for a device that is no hub. */
export function Nodes({
  platform,
  uid,
  hub,
  list: { nodes, page, pages },
}: {
  platform: Platform;
  uid: string;
  hub: Device;
  list: NodeList;
}): Html {
  if (nodes.length === 0) return NOTHING;
  return (
    <section aria-labelledby="nodes">
      <h2 id="nodes">End nodes</h2>
      <ul class="card node-list">
        {nodes.map((node) => (
          <li>
            <div>
              <a href={`/devices/${node.did}`}>
                <bdi>{node.name}</bdi>
              </a>
              <p class="device-type">
                <bdi>{typeName(platform, node)}</bdi>
              </p>
            </div>
            <div class="latest latest-line" id={`latest-${node.did}`}>
              {latest(platform, uid, node)}
            </div>
          </li>
        ))}
      </ul>
      <Pager
        page={page}
        pages={pages}
        href={(each) => `/devices/${hub.did}?nodes=${each}#nodes`}
        label="Pages of end nodes"
      />
    </section>
  );
}

function latest(platform: Platform, uid: string, node: Device): Html {
  return <Latest messages={platform.messages.page(uid, node.did, 1)} />;
}
