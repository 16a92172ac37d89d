import { Agent, request } from "node:https";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { WebSocket } from "ws";
import { SamicertsError } from "../../base/errors.ts";

/** An answer of the platform. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON of its body; undefined where it is none. */
  readonly body: unknown;
}

/** Where a platform is, and whom to trust there. */
export interface PlatformPlace {
  readonly host: string;
  readonly port: number;
  /** PEM; absent on this very machine, where nobody is in between. */
  readonly ca?: string;
}

/** What a device shows: its certificate with the line above it, PEM, and its key. Absent for a user's application. */
export interface DeviceIdentity {
  readonly certificate: string;
  /** PEM, or where it is in a token. */
  readonly key: string | EngineKey;
}

/** A key that OpenSSL uses through an engine: the engine's name, and what it is told to find the key by. */
export interface EngineKey {
  readonly engine: string;
  /** May hold a PIN. */
  readonly identifier: string;
}

/** A device, or an application, that calls a platform. */
export interface DeviceClient {
  /** What is said of where it is: `https://localhost:8443`. */
  readonly url: string;
  ask(method: string, path: string, options?: { token?: string; body?: unknown }): Promise<Answer>;
  /** The protocol of the last connection: `TLSv1.3`. */
  protocol(): string;
  openSocket(path: string): Promise<DeviceSocket>;
  close(): void;
}

/** A WebSocket on which frames are sent and awaited in turn. */
export interface DeviceSocket {
  /** Sends a frame and gives the next one that answers; pings are passed over. */
  exchange(frame: unknown): Promise<Readonly<Record<string, unknown>>>;
  close(): void;
}

const ANSWER_MS = 30_000;
const MOST_ANSWER = 4 * 1024 * 1024;

/**
 * Makes a client; it connects when it is first used. Each of its calls rejects with Node's own error where it fails.
 * Throws `rehearse.engine` where an engine can't use the key.
 */
export function createDeviceClient(place: PlatformPlace, identity: DeviceIdentity | undefined): DeviceClient {
  const { host, port, ca } = place;
  const tls = {
    host,
    port,
    servername: /^[0-9.]+$|:/.test(host) ? "" : host,
    rejectUnauthorized: ca !== undefined,
    // Made once: an engine can't be started a second time.
    secureContext: makeContext(ca, identity),
  } as const;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...tls });
  let protocol = "";
  const url = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    url,
    protocol: () => protocol,
    ask: (method, path, { token, body } = {}) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : JSON.stringify(body);
        const outgoing = request({
          ...tls,
          agent,
          method,
          path,
          timeout: ANSWER_MS,
          headers: {
            Accept: "application/json",
            ...(text === undefined
              ? {}
              : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }),
            ...(token === undefined ? {} : { Authorization: `bearer ${token}` }),
          },
        });
        outgoing.once("timeout", () => outgoing.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)));
        outgoing.once("error", reject);
        outgoing.once("response", (incoming) => {
          if (incoming.socket instanceof TLSSocket) protocol = incoming.socket.getProtocol() ?? "";
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on("data", (chunk: Buffer) => {
            size += chunk.length;
            if (size > MOST_ANSWER) incoming.destroy(new Error("an answer without end"));
            else chunks.push(chunk);
          });
          incoming.once("error", reject);
          incoming.once("end", () => {
            const headers: Record<string, string> = {};
            for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
            resolve({
              status: incoming.statusCode ?? 0,
              headers,
              body: parse(Buffer.concat(chunks).toString("utf8")),
            });
          });
        });
        outgoing.end(text);
      }),
    openSocket: (path) => openSocket(new WebSocket(`${url.replace("https", "wss")}${path}`, { ...tls })),
    close: () => agent.destroy(),
  };
}

function makeContext(ca: string | undefined, identity: DeviceIdentity | undefined): SecureContext {
  const all = { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) } as const;
  if (identity === undefined) return createSecureContext(all);
  const { certificate: cert, key } = identity;
  if (typeof key === "string") return createSecureContext({ ...all, cert, key });
  const { engine: privateKeyEngine, identifier: privateKeyIdentifier } = key;
  try {
    return createSecureContext({ ...all, cert, privateKeyEngine, privateKeyIdentifier });
  } catch (cause) {
    throw new SamicertsError({
      kind: "key",
      code: "rehearse.engine",
      message: `OpenSSL's engine ${privateKeyEngine} can't use the key: ${(cause as Error).message}`,
      hint: "see whether openssl pkey -engine pkcs11 -inform engine can, with PKCS11_MODULE_PATH set",
      cause,
    });
  }
}

function openSocket(socket: WebSocket): Promise<DeviceSocket> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("open", () =>
      resolve({
        exchange: (frame) =>
          new Promise((resolveFrame, rejectFrame) => {
            const timer = setTimeout(
              () => end(new Error(`no answer within ${ANSWER_MS / 1000} s`)),
              ANSWER_MS,
            );
            const end = (error: Error | undefined, value?: Readonly<Record<string, unknown>>): void => {
              clearTimeout(timer);
              socket.off("message", take);
              socket.off("close", closed);
              if (error === undefined) resolveFrame(value ?? {});
              else rejectFrame(error);
            };
            const take = (raw: unknown): void => {
              const value = parse(String(raw)) as Readonly<Record<string, unknown>>;
              if (value?.type !== "ping" && value?.type !== "action") end(undefined, value);
            };
            const closed = (code: number): void => end(new Error(`the WebSocket was closed, ${code}`));
            socket.on("message", take);
            socket.on("close", closed);
            socket.send(JSON.stringify(frame));
          }),
        close: () => socket.terminate(),
      }),
    );
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
