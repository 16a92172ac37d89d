import { ApiError } from "./api-error.ts";
import type { Client } from "./client-check.ts";
import type { Device, Devices } from "./devices.ts";
import type { RateLimits, Remaining } from "./rate-limits.ts";
import { drawHex } from "./secrets.ts";
import type { Store } from "./store.ts";
import { type Bearer, needScope } from "./tokens.ts";
import type { SandboxWorld } from "./world.ts";

/** What a device has sent. */
export interface Message {
  readonly seq: number;
  /** 32 characters of hex. */
  readonly mid: string;
  readonly sdid: string;
  readonly uid: string;
  /** When it was made, as the device says, and when it came: milliseconds since 1970. */
  readonly ts: number;
  readonly receivedMs: number;
  readonly data: unknown;
}

/** A message as it is sent. */
export interface Sending {
  readonly sdid?: unknown;
  readonly data?: unknown;
  readonly ts?: unknown;
  readonly type?: unknown;
}

/** What a sender is told: the message's id, once it is durable. */
export interface Sent {
  readonly mid: string;
  readonly remaining: Remaining;
}

/** A message that may not be sent now; the headers say when. */
export class RateLimited extends ApiError {
  readonly remaining: Remaining;

  constructor(remaining: Remaining) {
    super(429, "too many messages of this device; X-Rate-Limit-Reset says from when on there may be more");
    this.remaining = remaining;
  }
}

/** Devices' messages. */
export interface Messages {
  /** The device that this certificate and token may send for; throws ApiError 403 where they may not, 400. */
  sender(client: Client, bearer: Bearer, sdid: unknown): Device;
  /** Keeps a message of a device; resolves when it is durable. Rejects with ApiError 400, 429. */
  send(device: Device, sending: Sending): Promise<Sent>;
  /** The last messages of devices of this user, the newest first; throws ApiError 404 for another's. */
  last(uid: string, dids: readonly string[], count: number): readonly Message[];
  /** A device's messages, the newest first, older than `beforeSeq`. */
  page(uid: string, did: string, count: number, beforeSeq?: number): readonly Message[];
  /** Tells of every message of a user's devices as it comes; gives what ends that. */
  subscribe(uid: string, listener: (message: Message) => void): () => void;
}

interface MessageRow {
  readonly seq: number;
  readonly mid: string;
  readonly sdid: string;
  readonly uid: string;
  readonly ts: number;
  readonly received_ms: number;
  readonly data: string;
}

interface Waiting {
  readonly row: Omit<MessageRow, "seq">;
  readonly message: Omit<Message, "seq">;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Messages that are asked for at once. */
const MOST_ASKED = 1000;
/** Octets of a message's data in JSON. */
const MOST_DATA = 64 * 1024;
const MOST_TS = 8.64e15;

/** Opens the messages of a store. */
export function openMessages(
  store: Store,
  { clock, random }: SandboxWorld,
  devices: Devices,
  rates: RateLimits,
): Messages {
  const listeners = new Map<string, Set<(message: Message) => void>>();
  let waiting: Waiting[] = [];
  // Those that come together are flushed to the disk together, and acknowledged then.
  const commit = (): void => {
    const batch = waiting;
    waiting = [];
    const seqs: number[] = [];
    try {
      store.within(() => {
        for (const { row } of batch)
          seqs.push(
            store.get<{ seq: number }>(
              `INSERT INTO messages (mid, sdid, uid, ts, received_ms, data) VALUES (?, ?, ?, ?, ?, ?) RETURNING seq`,
              row.mid,
              row.sdid,
              row.uid,
              row.ts,
              row.received_ms,
              row.data,
            )?.seq ?? 0,
          );
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const [place, { message, resolve }] of batch.entries()) {
      resolve();
      for (const listener of listeners.get(message.uid) ?? [])
        listener({ seq: seqs[place] ?? 0, ...message });
    }
  };
  const keep = (row: Waiting["row"], message: Waiting["message"]): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ row, message, resolve, reject });
      if (waiting.length === 1) setImmediate(commit);
    });

  return {
    sender(client, bearer, sdid) {
      needScope(bearer, "write");
      if (typeof sdid !== "string")
        throw new ApiError(400, "sdid is missing: the id of the device that the data are from");
      const own = devices.ofCertificate(client.sha256);
      if (own === undefined) throw new ApiError(403, "the certificate is not a registered device's");
      if (bearer.kind === "device") {
        if (bearer.did !== own.did)
          throw new ApiError(403, "the token is another device's than the certificate");
        if (sdid !== own.did) throw new ApiError(403, "sdid is another device's");
        return own;
      }
      const device = devices.find(sdid);
      if (device === undefined || device.uid !== bearer.uid || device.hub !== own.did)
        throw new ApiError(403, "sdid is no end node of this hub and of the token's user");
      return device;
    },
    async send(device, { data, ts, type }) {
      if (type !== undefined && type !== "message") throw new ApiError(400, 'type is "message"');
      if (data === undefined || data === null) throw new ApiError(400, "data is missing");
      const text = JSON.stringify(data);
      if (Buffer.byteLength(text) > MOST_DATA)
        throw new ApiError(413, `data has more than ${MOST_DATA} octets`);
      if (ts !== undefined && !(typeof ts === "number" && Number.isInteger(ts) && ts >= 0 && ts <= MOST_TS))
        throw new ApiError(400, "ts is a moment in milliseconds since 1970");
      const remaining = rates.take(device.did);
      if (!remaining.allowed) throw new RateLimited(remaining);
      const receivedMs = clock.now();
      const mid = drawHex(random);
      const facts = { mid, sdid: device.did, uid: device.uid, ts: typeof ts === "number" ? ts : receivedMs };
      await keep({ ...facts, received_ms: receivedMs, data: text }, { ...facts, receivedMs, data });
      return { mid, remaining };
    },
    last(uid, dids, count) {
      for (const did of dids) devices.own(uid, did);
      return dids.flatMap((did) => select(store, did, count, undefined));
    },
    page(uid, did, count, beforeSeq) {
      devices.own(uid, did);
      return select(store, did, count, beforeSeq);
    },
    subscribe(uid, listener) {
      const own = listeners.get(uid) ?? new Set();
      listeners.set(uid, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0) listeners.delete(uid);
      };
    },
  };
}

function select(store: Store, did: string, count: number, beforeSeq: number | undefined): readonly Message[] {
  const rows = store.all<MessageRow>(
    "SELECT * FROM messages WHERE sdid = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
    did,
    beforeSeq ?? Number.MAX_SAFE_INTEGER,
    Math.min(MOST_ASKED, Math.max(1, Math.floor(count))),
  );
  return rows.map(({ received_ms: receivedMs, data, ...row }) => ({
    ...row,
    receivedMs,
    data: JSON.parse(data),
  }));
}
