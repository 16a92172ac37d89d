import type { Owner } from "./owner.ts";
import type { Registered, RehearsalParts, RehearsedDevice } from "./rehearse.ts";
import { checkStatus, dataOf, isHex } from "./timeline.ts";

interface Node {
  readonly did: string;
  readonly owner: number;
}

/**
 * With a hub that is registered: creates `count` end nodes, for each of `owners` in turn, sends on their behalf with the
 * hub's certificate and the application's token, and sees that each owner reads their own data only.
 * Throws `rehearse.failed`. Gives how many messages were sent.
 */
export async function rehearseHub(
  { client }: RehearsedDevice,
  { deviceTypeId }: Registered,
  owners: readonly Owner[],
  count: number,
  { timeline }: RehearsalParts,
): Promise<number> {
  const nodes: Node[] = [];
  await timeline.run(
    "create nodes",
    `POST /v1.1/devices, ${count} times, for ${owners.length} users`,
    async (check) => {
      for (let each = 0; each < count; each++) {
        const place = each % owners.length;
        const { token, self } = owners[place] as Owner;
        const body = { uid: await self(), dtid: deviceTypeId, name: `Node ${each + 1}` };
        const answer = await client.ask("POST", "/v1.1/devices", { token, body });
        checkStatus(check, answer, 200);
        const { id } = dataOf(answer);
        check(isHex(id), `node ${each + 1} has an id`);
        nodes.push({ did: String(id), owner: place });
      }
      return nodes.map(({ did }) => `${did.slice(0, 8)}...`).join(", ");
    },
  );
  const reading = (place: number) => ({ temperature: 20 + place });
  await timeline.run(
    "send for nodes",
    "POST /v1.1/message, as the application, once a node",
    async (check) => {
      for (const [place, { did, owner }] of nodes.entries()) {
        const { token } = owners[owner] as Owner;
        const body = { sdid: did, data: reading(place) };
        checkStatus(check, await client.ask("POST", "/v1.1/message", { token, body }), 200);
      }
      return `${nodes.length} messages`;
    },
  );
  await timeline.run(
    "stream for nodes",
    "WebSocket /v1.1/websocket?ack=true, all nodes on one",
    async (check) => {
      const socket = await client.openSocket("/v1.1/websocket?ack=true");
      try {
        for (const [place, { did, owner }] of nodes.entries()) {
          const Authorization = `bearer ${(owners[owner] as Owner).token}`;
          const registered = await socket.exchange({ type: "register", sdid: did, Authorization });
          check(registered.error === undefined, `node ${place + 1} registered`, JSON.stringify(registered));
          const ack = await socket.exchange({ type: "message", sdid: did, data: reading(place) });
          check(ack.error === undefined, `node ${place + 1} acknowledged`, JSON.stringify(ack));
        }
      } finally {
        socket.close();
      }
      return `${nodes.length} messages`;
    },
  );
  await timeline.run("read back", "GET /v1.1/messages/last, as each user", async (check) => {
    for (const [place, { did, owner }] of nodes.entries()) {
      const answer = await (owners[owner] as Owner).last([did], 2);
      checkStatus(check, answer, 200);
      const { data } = answer.body as { data?: { data?: { temperature?: number } }[] };
      const all = data?.length === 2 && data.every((each) => each.data?.temperature === 20 + place);
      check(all, `node ${place + 1}: both messages, to its own user`);
      for (const [other, stranger] of owners.entries()) {
        if (other === owner) continue;
        const refused = await stranger.last([did], 1);
        check(
          refused.status === 404,
          `node ${place + 1}: not to the other user`,
          "another user could read it",
        );
      }
    }
    return `${2 * nodes.length} messages`;
  });
  return 2 * nodes.length;
}
