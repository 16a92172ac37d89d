import { connect, type TLSSocket } from "node:tls";
import type { FleetDevice } from "./sandbox-fleet.ts";

/** A device's connection, over which it sends one message after another. */
export interface Sender {
  /** Sends a message and gives its id, once it is acknowledged; rejects with what else came. */
  send(data: unknown): Promise<string>;
  close(): void;
}

/** Connects as a device does. As little as can be in between: what is measured is the sandbox. */
export function connectDevice(port: number, ca: string, device: FleetDevice): Promise<Sender> {
  const { certificate: cert, key, did, token } = device;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", servername: "localhost", port, ca, cert, key });
    socket.setNoDelay(true);
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      socket.off("error", reject);
      resolve({
        send: (data) => exchange(socket, requestOf({ sdid: did, data }, token)),
        close: () => socket.destroy(),
      });
    });
  });
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
    let answer = "";
    const end = (finish: () => void): void => {
      socket.off("data", take);
      socket.off("error", fail);
      socket.off("close", fail);
      finish();
    };
    const fail = (error?: unknown): void =>
      end(() => reject(error instanceof Error ? error : new Error("the connection was closed")));
    const take = (chunk: Buffer): void => {
      answer += chunk.toString("latin1");
      const [head = "", body] = answer.split("\r\n\r\n", 2);
      const length = Number(/\r\ncontent-length: ([0-9]+)/i.exec(head)?.[1]);
      if (body === undefined || body.length < length) return;
      const mid = /^\{"data":\{"mid":"([0-9a-f]{32})"\}\}$/.exec(body)?.[1];
      end(() => (mid === undefined ? reject(new Error(answer)) : resolve(mid)));
    };
    socket.on("data", take);
    socket.on("error", fail);
    socket.on("close", fail);
    socket.write(request);
  });
}
