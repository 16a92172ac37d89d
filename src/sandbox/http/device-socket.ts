import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { ApiError } from "../api-error.ts";
import type { Platform } from "../platform.ts";
import { errorBody, logRefusal, needClient } from "./answer.ts";
import type { HostCheck } from "./host-check.ts";
import { MOST_BODY } from "./listener.ts";
import type { Peer } from "./peer.ts";
import { readJsonObject, textOf } from "./read-json.ts";

/** How often the platform pings, in milliseconds. */
export const PING_MS: number = 30_000;
/** Octets that a device that does not read may leave lying here. */
const MOST_UNREAD = 1024 * 1024;
/** Frames of one device that are being kept at a time. */
const MOST_PENDING = 64;
/** End nodes that a hub may register on one connection. */
const MOST_REGISTERED = 1000;

/** Devices' connections to `/v1.1/websocket`. */
export interface DeviceSockets {
  /** Takes a request to upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, peer: Peer): void;
  /** Pings all, as is done every 30 s; a device that has not answered the last ping is let go. */
  ping(): void;
  close(): void;
}

/** What a connection has registered: device ids and the tokens that each goes with. */
type Registered = Map<string, { readonly authorization: string; readonly end: () => void }>;

/** Begins to take devices' connections. */
export function deviceSockets(
  platform: Platform,
  check: HostCheck,
  failed: (error: unknown) => void,
): DeviceSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BODY,
    clientTracking: true,
    perMessageDeflate: false,
  });
  const silent = new WeakSet<WebSocket>();
  const send = (socket: WebSocket, value: unknown): void => {
    if (socket.bufferedAmount > MOST_UNREAD) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(value));
  };
  const serve = (socket: WebSocket, peer: Peer, acknowledge: boolean): void => {
    const registered: Registered = new Map();
    let pending = 0;
    socket.on("pong", () => silent.delete(socket));
    // A frame that is none: ws closes the connection itself, with 1002 and the like.
    socket.on("error", () => {});
    socket.on("close", () => {
      for (const { end } of registered.values()) end();
    });
    socket.on("message", (raw, isBinary) => {
      silent.delete(socket);
      if (++pending >= MOST_PENDING) socket.pause();
      let cid: unknown;
      takeFrame(raw, isBinary)
        .catch((error: unknown) => {
          const told =
            error instanceof ApiError ? error : new ApiError(500, "the sandbox failed; its log says why");
          if (told === error) logRefusal(platform, "WS /v1.1/websocket", told, peer);
          else failed(error);
          const { error: body } = errorBody(told) as { error: object };
          send(socket, { error: { ...body, ...(cid === undefined ? {} : { cid }) } });
        })
        .finally(() => {
          if (--pending < MOST_PENDING && socket.isPaused) socket.resume();
        })
        .catch((error: unknown) => {
          failed(error);
          socket.terminate();
        });

      async function takeFrame(bytes: RawData, binary: boolean): Promise<void> {
        const frame = readFrame(bytes, binary);
        cid = frame.cid;
        const echo = cid === undefined ? {} : { cid };
        if (frame.type === "register") {
          register(frame);
          send(socket, { data: { code: "200", message: "OK", ...echo } });
          return;
        }
        if (frame.type === "pong") return;
        const { authorization } = registered.get(textOf(frame.sdid)) ?? {};
        if (authorization === undefined)
          throw new ApiError(401, "register first: that sdid is not registered on this connection");
        const device = platform.messages.sender(
          needClient({ peer }),
          platform.tokens.bearer(authorization),
          frame.sdid,
        );
        const { mid } = await platform.messages.send(device, frame);
        if (acknowledge) send(socket, { data: { mid, code: "200", message: "OK", ...echo } });
      }
    });

    const register = (frame: Readonly<Record<string, unknown>>): void => {
      const authorization = textOf(frame.Authorization ?? frame.authorization);
      const client = needClient({ peer });
      const { did } = platform.messages.sender(client, platform.tokens.bearer(authorization), frame.sdid);
      if (registered.size >= MOST_REGISTERED && !registered.has(did))
        throw new ApiError(403, `a connection has ${MOST_REGISTERED} devices at most`);
      registered.get(did)?.end();
      const end = platform.actions.subscribe(did, ({ mid, ddid, ts, data }) => {
        if (isStill(peer, did, authorization)) send(socket, { type: "action", mid, ddid, ts, data });
        else socket.terminate();
      });
      registered.set(did, { authorization, end });
    };
  };

  const isStill = (peer: Peer, did: string, authorization: string): boolean => {
    try {
      platform.messages.sender(needClient({ peer }), platform.tokens.bearer(authorization), did);
      return true;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  };

  return {
    upgrade(request, socket, head, peer) {
      socket.on("error", () => socket.destroy());
      try {
        check.host(request.headers.host);
        check.origin(request.headers.origin, request.headers.host);
        const url = new URL(request.url ?? "/", "https://localhost");
        if (url.pathname !== "/v1.1/websocket") throw new ApiError(404, "there is nothing at this address");
        needClient({ peer });
        server.handleUpgrade(request, socket, head, (opened) =>
          serve(opened, peer, url.searchParams.get("ack") === "true"),
        );
      } catch (error) {
        const told = error instanceof ApiError ? error : new ApiError(400, "the request can't be read");
        logRefusal(platform, "WS /v1.1/websocket", told, peer);
        const body = JSON.stringify(errorBody(told));
        socket.end(
          `HTTP/1.1 ${told.status} Refused\r\nContent-Type: application/json; charset=utf-8\r\n` +
            `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
        );
      }
    },
    ping() {
      for (const socket of server.clients) {
        if (silent.has(socket)) socket.terminate();
        else {
          silent.add(socket);
          socket.ping();
          send(socket, { type: "ping", ts: platform.world.clock.now() });
        }
      }
    },
    close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

function readFrame(bytes: RawData, isBinary: boolean): Readonly<Record<string, unknown>> {
  if (isBinary) throw new ApiError(400, "the frame is not text");
  return readJsonObject(String(bytes), "the frame");
}
