import { type ClientRequest, type IncomingMessage, request } from "node:http";

/** A server-sent event (HTML, 9.2.6). */
export interface Told {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON it is.
  readonly data: any;
}

/** Somebody who listens to a page's changes. */
export interface Listener {
  readonly status: number;
  /** The next event for which `wanted` holds; those before it are passed over. Rejects where the stream ends first. */
  next(wanted: (told: Told) => boolean): Promise<Told>;
  /** Resolves when the server has ended the stream, with all that was never asked for. */
  readonly ended: Promise<readonly Told[]>;
  close(): void;
}

/** Opens a stream of events; an answer that is none has its status alone. */
export function listen(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path, headers, agent: false });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => resolve(follow(outgoing, incoming)));
    outgoing.end();
  });
}

function follow(outgoing: ClientRequest, incoming: IncomingMessage): Listener {
  const waiting: Told[] = [];
  let wake = (): void => {};
  let over = false;
  let text = "";
  incoming.setEncoding("utf8");
  incoming.on("data", (chunk: string) => {
    const parts = (text + chunk).split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const found = /^event: (.*)\ndata: (.*)$/.exec(part);
      if (found !== null) waiting.push({ name: found[1] ?? "", data: JSON.parse(found[2] ?? "") });
    }
    wake();
  });
  const ended = new Promise<readonly Told[]>((resolve) => {
    incoming.once("close", () => {
      over = true;
      wake();
      resolve(waiting);
    });
  });
  // Whoever closes hears of it as an error.
  incoming.on("error", () => {});
  outgoing.on("error", () => {});
  return {
    status: incoming.statusCode ?? 0,
    ended,
    async next(wanted) {
      for (;;) {
        for (let told = waiting.shift(); told !== undefined; told = waiting.shift())
          if (wanted(told)) return told;
        if (over) throw new Error("the stream has ended");
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close: () => outgoing.destroy(),
  };
}
