import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { OcspAnswerer } from "../../actions/answer-ocsp.ts";
import { SamicertsError } from "../../base/errors.ts";
import { MAX_OCSP_REQUEST } from "../../x509/ocsp-request.ts";
import { encodeOcspFailure } from "../../x509/ocsp-response.ts";
import { answerHttp, type HttpAnswer, type HttpQuestion, tooLarge } from "./exchange.ts";

/** Where to listen, and for whom. */
export interface ListenOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** What every address begins with; `/` at both ends. */
  readonly prefix: string;
  /** Takes what went wrong with single requests. */
  readonly warn: (problem: string) => void;
}

/** A server that listens. */
export interface OcspServer {
  /** As `http://127.0.0.1:2560/`. */
  readonly url: string;
  /** Takes no more connections, lets those that are open finish, and cuts off what takes too long. */
  stop(): Promise<void>;
}

/** A slow client may take so long, and hold a connection without asking anything. */
const REQUEST_MS = 10_000;
const HEADERS_MS = 5_000;
const IDLE_MS = 5_000;
const CHECK_MS = 1_000;
/** What is still open so long after the end is cut off. */
const GRACE_MS = 5_000;
const MOST_CONNECTIONS = 1_000;

/** Starts answering OCSP over HTTP; rejects with `ocsp.listen` (kind `io`) where it can't listen there. */
export function startServer(answer: OcspAnswerer, options: ListenOptions): Promise<OcspServer> {
  const { host, port, prefix, warn } = options;
  let closing = false;
  const reply = (response: ServerResponse, answered: HttpAnswer): void => {
    // A connection that is about to be closed is not to be gone on with.
    if (closing) response.shouldKeepAlive = false;
    send(response, answered);
  };
  const server = createServer(
    {
      requestTimeout: REQUEST_MS,
      headersTimeout: HEADERS_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: CHECK_MS,
      maxHeaderSize: MAX_OCSP_REQUEST + 8 * 1024,
    },
    (request, response) => {
      const answered = (body: Buffer): HttpAnswer => answerHttp(questionOf(request, body), prefix, answer);
      serve(request, response, answered, reply).catch((error: unknown) => {
        warn(error instanceof SamicertsError ? `${error.code}: ${error.message}` : String(error));
        if (response.headersSent) response.destroy();
        else reply(response, internalError());
      });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = REQUEST_MS;
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(host, port, error)));
    server.listen({ host, port }, () => {
      const address = server.address();
      const at = typeof address === "object" && address !== null ? address.port : port;
      const name = host.includes(":") ? `[${host}]` : host;
      resolve({
        url: `http://${name}:${at}${prefix}`,
        stop: () => {
          closing = true;
          return stop(server);
        },
      });
    });
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answered: (body: Buffer) => HttpAnswer,
  reply: (response: ServerResponse, answered: HttpAnswer) => void,
): Promise<void> {
  const body = await readBody(request);
  // Whoever asked has gone, or was too slow.
  if (body === undefined) return;
  if (body !== "too-large") {
    reply(response, answered(body));
    return;
  }
  // What it still sends is not waited for.
  response.shouldKeepAlive = false;
  reply(response, tooLarge());
  request.destroy();
}

function questionOf({ method = "", url = "", headers }: IncomingMessage, body: Buffer): HttpQuestion {
  return { method, path: url, contentType: headers["content-type"] ?? "", body };
}

async function readBody(request: IncomingMessage): Promise<Buffer | "too-large" | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request) {
      length += (chunk as Buffer).length;
      if (length > MAX_OCSP_REQUEST) return "too-large";
      chunks.push(chunk as Buffer);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { ...headers, "Content-Length": body.length });
  response.end(body);
}

/** What the client can make something of where the ledger, or the key, fails. */
function internalError(): HttpAnswer {
  const headers = { "Content-Type": "application/ocsp-response", "Cache-Control": "no-store" };
  return { status: 200, headers, body: encodeOcspFailure("internalError") };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function cannotListen(host: string, port: number, error: NodeJS.ErrnoException): SamicertsError {
  const inUse = error.code === "EADDRINUSE";
  return new SamicertsError({
    kind: "io",
    code: "ocsp.listen",
    message: `can't listen at ${host}:${port}: ${inUse ? "something listens there already" : (error.code ?? error.message)}`,
    hint: inUse
      ? "end that first, or listen elsewhere: --listen 127.0.0.1:0 takes any port that is free"
      : "give an address of this machine, as in --listen 127.0.0.1:2560",
    cause: error,
  });
}
