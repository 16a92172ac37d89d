import type { Server } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/**
 * Keeps at most `most` connections whose TLS handshake is not done; of more, the oldest is let go. So whoever opens
 * connections and says nothing costs a bounded amount of memory, and keeps nobody else out. Gives what lets all of them go.
 */
export function boundHandshakes(server: Server, most: number): () => void {
  const open = new Map<string, Socket>();
  server.on("connection", (socket: Socket) => {
    const name = nameOf(socket);
    if (open.size >= most) {
      const [oldest] = open;
      if (oldest !== undefined) {
        open.delete(oldest[0]);
        oldest[1].destroy();
      }
    }
    open.set(name, socket);
    socket.once("close", () => {
      if (open.get(name) === socket) open.delete(name);
    });
  });
  server.on("secureConnection", (socket: TLSSocket) => void open.delete(nameOf(socket)));
  return () => {
    for (const socket of open.values()) socket.destroy();
  };
}

/** The TLS socket is another object than the connection that it is on. */
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
