import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ApiError } from "../api-error.ts";
import type { Bindings } from "./answer.ts";
import { errorBody, jsonAnswer } from "./answer.ts";
import type { HostCheck } from "./host-check.ts";
import type { Peer } from "./peer.ts";

/** What hono offers. */
export type Fetch = (request: Request, bindings: Bindings) => Response | Promise<Response>;

/** What a listener needs beside what it passes requests on to. */
export interface ListenerParts {
  readonly scheme: "http" | "https";
  readonly check: HostCheck;
  readonly peerOf: (socket: Socket) => Peer;
  /** Told of what was refused before it was passed on, and of what failed. */
  readonly refused: (what: string, error: ApiError, peer: Peer) => void;
  readonly failed: (error: unknown) => void;
}

/** Octets of a request's body. */
export const MOST_BODY: number = 128 * 1024;
/** How long what is left of a body that is too large may keep coming, so that its sender reads the answer. */
const DRAIN_MS = 1000;
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

/** Passes Node's requests on to a fetch handler; what is too large or not for this sandbox ends here. */
export function listenerFor(fetch: Fetch, parts: ListenerParts): RequestListener {
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const peer = parts.peerOf(incoming.socket);
    const what = `${incoming.method} ${incoming.url?.split("?", 1)[0]}`;
    let response: Response;
    try {
      parts.check.host(incoming.headers.host);
      response = await fetch(await makeRequest(incoming, outgoing, parts.scheme), { peer });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      parts.refused(what, error, peer);
      response = jsonAnswer(error.status, errorBody(error), { Connection: "close" });
    }
    await answer(response, incoming, outgoing);
  };
  return (incoming, outgoing) => {
    // Whoever has gone needs no answer.
    incoming.on("error", () => {});
    handle(incoming, outgoing).catch((error: unknown) => {
      if (!incoming.socket.destroyed) parts.failed(error);
      incoming.socket.destroy();
    });
  };
}

async function makeRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  scheme: string,
): Promise<Request> {
  const { method = "GET", headers, url = "/" } = incoming;
  if (!METHODS.has(method)) throw new ApiError(405, `there is nothing to ${method.slice(0, 20)} here`);
  if (!url.startsWith("/")) throw new ApiError(400, "the address does not begin with /");
  const plain: [string, string][] = [];
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) plain.push([name, Array.isArray(value) ? value.join(", ") : value]);
  const address = `${scheme}://${headers.host}${url}`;
  const body = method === "GET" || method === "HEAD" ? undefined : await readAll(incoming, outgoing);
  try {
    return new Request(address, { method, headers: plain, ...(body === undefined ? {} : { body }) });
  } catch (cause) {
    throw Object.assign(new ApiError(400, "the request can't be read"), { cause });
  }
}

async function readAll(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Uint8Array> {
  const tooLarge = new ApiError(413, `a body has ${MOST_BODY} octets at most`);
  if (Number(incoming.headers["content-length"] ?? 0) > MOST_BODY) throw tooLarge;
  if (incoming.headers.expect === "100-continue") outgoing.writeContinue();
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_BODY) chunks.push(chunk);
      else reject(tooLarge);
    });
    incoming.on("end", () => resolve(Buffer.concat(chunks)));
    incoming.on("close", () => reject(new ApiError(400, "the connection was closed")));
  });
}

async function answer(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of response.headers) if (name !== "set-cookie") headers[name] = value;
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  outgoing.writeHead(response.status, headers);
  if (response.body === null) outgoing.end();
  else await pass(response.body, outgoing);
  if (!incoming.complete) {
    incoming.resume();
    setTimeout(() => incoming.socket.destroy(), DRAIN_MS).unref();
  }
}

/** Passes a body on as fast as it is read; one that goes on for ever ends when its reader goes. */
async function pass(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => {});
  outgoing.once("close", cancel);
  while (!outgoing.destroyed) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!outgoing.write(value) && !outgoing.destroyed) await drained(outgoing);
  }
  // Who had gone before all this has closed already.
  cancel();
  outgoing.end();
}

/** Resolves when more may be written, or nobody is there to read it. */
function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      outgoing.off("drain", go);
      outgoing.off("close", go);
      resolve();
    };
    outgoing.on("drain", go);
    outgoing.on("close", go);
  });
}
