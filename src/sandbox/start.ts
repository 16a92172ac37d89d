import { constants } from "node:crypto";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { isIP } from "node:net";
import { SamicertsError } from "../base/errors.ts";
import type { Policy } from "../policy/policy.ts";
import { logRefusal } from "./http/answer.ts";
import { apiApp } from "./http/api-app.ts";
import { deviceSockets, PING_MS } from "./http/device-socket.ts";
import { boundHandshakes } from "./http/handshakes.ts";
import { hostCheck, LOCAL_NAMES } from "./http/host-check.ts";
import { type Fetch, listenerFor } from "./http/listener.ts";
import { peerTeller } from "./http/peer.ts";
import type { Platform } from "./platform.ts";
import { serverCertificate } from "./server-certificate.ts";
import { type WebParts, webApp } from "./web/web-app.ts";

/** How a sandbox is started. */
export interface StartOptions {
  /** The address that it listens at; 127.0.0.1 where absent. */
  readonly address?: string;
  /** Names, beside the local ones, that clients may call it by. */
  readonly names?: readonly string[];
  /** TCP ports; 0 for any that is free. */
  readonly portalPort: number;
  readonly apiPort: number;
  /** RFC 5280's, by which the server's certificate is made. */
  readonly serverPolicy: Policy;
  /** The portal's pages, and its own for signing in; the plainest where absent. */
  readonly portal?: Pick<WebParts, "addPortal" | "pages">;
  /** What is not an answer but a failure. */
  readonly failed: (error: unknown) => void;
  readonly limits?: Partial<Limits>;
}

/** What a stranger may cost, times in milliseconds. */
export interface Limits {
  /** Until a TLS handshake is done. */
  readonly handshakeMs: number;
  /** Until a request's header is there, and all of it. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** TLS handshakes that have begun and are not done; of more, the oldest go. */
  readonly mostHandshakes: number;
  readonly mostConnections: number;
}

const LIMITS: Limits = {
  handshakeMs: 10_000,
  headersMs: 10_000,
  requestMs: 30_000,
  mostHandshakes: 8192,
  mostConnections: 16_384,
};

const LOOK_MS = 5000;

/** A sandbox that is running. */
export interface Sandbox {
  readonly portalPort: number;
  readonly apiPort: number;
  /** What clients are to trust, PEM. */
  readonly ca: string;
  /** Pings all devices that are connected, as is done every 30 s. */
  ping(): void;
  close(): Promise<void>;
}

/** Starts serving a platform; throws `sandbox.port` where a port can't be had. */
export async function startSandbox(platform: Platform, options: StartOptions): Promise<Sandbox> {
  const limits = { ...LIMITS, ...options.limits };
  const { address = "127.0.0.1", names = [], failed } = options;
  const certificate = serverCertificate(platform.store, platform.world, options.serverPolicy, [
    ...LOCAL_NAMES,
    ...names,
    ...(isIP(address) !== 0 && !LOCAL_NAMES.includes(address) && !/^[0:.]+$/.test(address) ? [address] : []),
  ]);
  const app = apiApp(platform, failed);
  const api: Fetch = (request, bindings) => app.fetch(request, bindings);
  const peerOf = peerTeller(platform);
  const refused: Parameters<typeof listenerFor>[1]["refused"] = (what, error, peer) =>
    logRefusal(platform, what, error, peer);
  const parts = { peerOf, refused, failed } as const;

  const secureCheck = hostCheck("https", [...names, address]);
  const secure = listenerFor(api, { ...parts, scheme: "https", check: secureCheck });
  // As often it is looked who is too slow; Node's own is half a minute.
  const connectionsCheckingInterval = Math.min(LOOK_MS, limits.headersMs);
  const apiServer = createHttpsServer(
    {
      key: certificate.key,
      cert: certificate.certificate + certificate.ca,
      minVersion: "TLSv1.2",
      requestCert: true,
      // Whoever does not belong is told why, with 401.
      rejectUnauthorized: false,
      // A session that is taken up again brings no chain of certificates.
      secureOptions: constants.SSL_OP_NO_TICKET,
      handshakeTimeout: limits.handshakeMs,
      connectionsCheckingInterval,
    },
    secure,
  );
  const sockets = deviceSockets(platform, secureCheck, failed);
  apiServer.on("upgrade", (request, socket, head) =>
    sockets.upgrade(request, socket, head, peerOf(request.socket)),
  );
  const dropHandshakes = boundHandshakes(apiServer, limits.mostHandshakes);

  const check = hostCheck("http", [...names, address]);
  const web = webApp({ platform, check, api, ca: certificate.ca, failed, ...options.portal });
  const open = listenerFor((request, bindings) => web.fetch(request, bindings), {
    ...parts,
    scheme: "http",
    check,
  });
  const portalServer = createHttpServer({ connectionsCheckingInterval }, open);
  for (const [server, listener] of [
    [apiServer, secure],
    [portalServer, open],
  ] as const) {
    server.on("checkContinue", listener);
    server.headersTimeout = limits.headersMs;
    server.requestTimeout = limits.requestMs;
    server.maxConnections = limits.mostConnections;
    server.on("clientError", (_, socket) => void socket.destroy());
  }
  const pinging = setInterval(() => sockets.ping(), PING_MS);
  const close = async (): Promise<void> => {
    clearInterval(pinging);
    sockets.close();
    dropHandshakes();
    await Promise.all([apiServer, portalServer].map(closeServer));
  };
  try {
    const apiPort = await listen(apiServer, options.apiPort, address, "--api-port");
    const portalPort = await listen(portalServer, options.portalPort, address, "--port");
    return { apiPort, portalPort, ca: certificate.ca, ping: () => sockets.ping(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function listen(server: Server, port: number, address: string, flag: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new SamicertsError({
          kind: "io",
          code: "sandbox.port",
          message: `could not listen at ${address}, port ${port}: ${WHY[cause.code ?? ""] ?? cause.message}`,
          hint: `choose another with ${flag}`,
          cause,
        }),
      ),
    );
    server.listen({ port, host: address, backlog: 4096 }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program has it",
  EACCES: "permission denied",
  EADDRNOTAVAIL: "this machine has no such address",
};

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) resolve();
    else server.close(() => resolve());
    server.closeAllConnections();
  });
}
