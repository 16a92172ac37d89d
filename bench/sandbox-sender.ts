import { connect, type TLSSocket } from "node:tls";
import type { FleetDevice } from "./sandbox-fleet.ts";

/** A device that sends one message after another over its connection. */
export interface Sender {
  /** Sends a message and gives its id, once it is acknowledged; rejects with what else came. */
  send(data: unknown): Promise<string>;
  /** How often the sandbox had let it go, for it had waited too long, and it connected anew. */
  reconnected(): number;
  close(): void;
}

/** TLS handshakes that go on at a time, as a network lets them through. */
export type Handshakes = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets so many handshakes go on at a time. */
export function boundedHandshakes(most: number): Handshakes {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}

/** It closed the connection before it answered: a device sends the message again. */
class Closed extends Error {}

/** Connects as a device does. As little as can be in between: what is measured is the sandbox. */
export async function connectDevice(
  port: number,
  ca: string,
  device: FleetDevice,
  handshakes: Handshakes,
): Promise<Sender> {
  const { certificate: cert, key, did, token } = device;
  const open = () =>
    handshakes(
      () =>
        new Promise<TLSSocket>((resolve, reject) => {
          const socket = connect({ host: "127.0.0.1", servername: "localhost", port, ca, cert, key });
          socket.setNoDelay(true);
          socket.once("error", reject);
          socket.once("secureConnect", () => {
            socket.off("error", reject);
            // Whoever sends is told by `close`.
            socket.on("error", () => {});
            resolve(socket);
          });
        }),
    );
  let socket = await open();
  let reconnected = 0;
  return {
    reconnected: () => reconnected,
    close: () => socket.destroy(),
    async send(data) {
      const request = requestOf({ sdid: did, data }, token);
      for (;;) {
        try {
          return await exchange(socket, request);
        } catch (error) {
          if (!(error instanceof Closed)) throw error;
        }
        reconnected++;
        socket = await open();
      }
    },
  };
}

function requestOf(body: unknown, token: string): string {
  const text = JSON.stringify(body);
  return (
    "POST /v1.1/message HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
    `Authorization: bearer ${token}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  );
}

function exchange(socket: TLSSocket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!socket.writable) {
      reject(new Closed());
      return;
    }
    let answer = "";
    const end = (finish: () => void): void => {
      socket.off("data", take);
      socket.off("close", closed);
      finish();
    };
    const closed = (): void => end(() => reject(answer === "" ? new Closed() : new Error(answer)));
    const take = (chunk: Buffer): void => {
      answer += chunk.toString("latin1");
      const [head = "", body] = answer.split("\r\n\r\n", 2);
      const length = Number(/\r\ncontent-length: ([0-9]+)/i.exec(head)?.[1]);
      if (body === undefined || body.length < length) return;
      const mid = /^\{"data":\{"mid":"([0-9a-f]{32})"\}\}$/.exec(body)?.[1];
      end(() => (mid === undefined ? reject(new Error(answer)) : resolve(mid)));
    };
    socket.on("data", take);
    socket.on("close", closed);
    socket.write(request);
  });
}
