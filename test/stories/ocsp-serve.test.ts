import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCertificate } from "../../src/x509/certificate.ts";
import { readPem } from "../../src/x509/pem.ts";
import { certId, mintRequest } from "../unit/x509/ocsp-scene.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";
import { endAll, serve } from "./ocsp-serving.ts";

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  for (const serial of ["100000001", "100000002", "100000003"])
    place.succeed(["client", serial, `D${serial}`]);
  place.succeed(["revoke", "100000002", "--reason", "keyCompromise", "--quiet"]);
  place.succeed(["ocsp", "responder", "--quiet"]);
});
afterAll(() => {
  endAll();
  place.remove();
});

const root = () =>
  decodeCertificate(readPem(readFileSync(place.at("root.crt")), "root.crt")[0]?.der ?? new Uint8Array(0));

/** The status in an answer of one certificate: by its tag, or why there is no answer. */
async function ask(url: string, serial: number): Promise<string> {
  const body = mintRequest({ ids: [certId(root(), serial)] });
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/ocsp-request" },
    body: Buffer.from(body),
  });
  const hex = Buffer.from(await response.arrayBuffer()).toString("hex");
  if (hex.startsWith("30030a01")) return `failure ${hex.slice(8)}`;
  return hex.includes("8000180f") ? "good" : hex.includes("8200180f") ? "unknown" : "revoked";
}

describe("ocsp serve", () => {
  it("answers from the ledger until it is ended", async () => {
    const server = await serve(place.directory);
    expect(server.stdout).toMatch(
      new RegExp(`^answering OCSP at http://127\\.0\\.0\\.1:\\d+/\n {2}root {2}until ${TIME}\n$`),
    );
    expect(await ask(server.url, 100000001)).toBe("good");
    expect(await ask(server.url, 100000002)).toBe("revoked");
    expect(await ask(server.url, 77)).toBe("unknown");
    // At once, and by another process.
    place.succeed(["revoke", "100000003", "--reason", "certificateHold", "--quiet"]);
    expect(await ask(server.url, 100000003)).toBe("revoked");
    place.succeed(["revoke", "100000003", "--release", "--quiet"]);
    expect(await ask(server.url, 100000003)).toBe("good");
    expect(await server.end("SIGTERM")).toBe(0);
    expect(server.stderr()).toBe("");
    expect(place.listing().filter((line) => line.startsWith("samicerts.db")).length).toBe(1);
  });

  it("takes no connection after its end, and answers those that are open", async () => {
    const server = await serve(place.directory, "--path", "/ocsp", "--json");
    const { schema, url } = JSON.parse(server.stdout);
    expect([schema, url]).toEqual(["samicerts/ocsp-serve/v1", server.url]);
    expect(new URL(server.url).pathname).toBe("/ocsp/");
    expect((await fetch(new URL("/", server.url))).status).toBe(404);
    const port = Number(new URL(server.url).port);
    const body = Buffer.from(mintRequest({ ids: [certId(root(), 100000001)] }));
    const head = `POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\nContent-Length: ${body.length}\r\n`;
    const socket = await connected(port);
    socket.write(`${head}Expect: 100-continue\r\n\r\n`);
    expect(await next(socket)).toContain("100 Continue");
    const code = server.end("SIGINT");
    // It has stopped listening once it was told so; this request was begun before.
    while (await reachable(port));
    socket.write(body);
    expect(await next(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(await code).toBe(130);
  });

  it("bounds what a client may send", async () => {
    const server = await serve(place.directory);
    const { port } = new URL(server.url);
    const post = (body: Uint8Array, type = "application/ocsp-request") =>
      fetch(server.url, {
        method: "POST",
        headers: { "Content-Type": type },
        body: Buffer.from(body),
      });
    expect((await post(Buffer.alloc(17_000, 0x30))).status).toBe(413);
    expect(Buffer.from(await (await post(Buffer.from("hello"))).arrayBuffer()).toString("hex")).toBe(
      "30030a0101",
    );
    expect((await post(Buffer.from("hello"), "text/plain")).status).toBe(415);
    const socket = await connected(Number(port));
    // More than a request's head may have.
    socket.write(`GET /${"A".repeat(40_000)} HTTP/1.1\r\n`);
    expect(await next(socket)).toMatch(/^HTTP\/1\.1 431 /);
    // One that sends nothing is cut off.
    const idle = await connected(Number(port));
    idle.resume();
    await once(idle, "close");
    expect(await ask(server.url, 100000001)).toBe("good");
    expect(await server.end("SIGTERM")).toBe(0);
  });

  it.each<[string[], number, string]>([
    [["--listen", "2560"], 2, '--listen can\'t be "2560"'],
    [["--listen", "127.0.0.1:99999"], 2, '--listen can\'t be "127.0.0.1:99999"'],
    [["--listen", "192.0.2.1:2560"], 3, "can't listen at 192.0.2.1:2560: EADDRNOTAVAIL"],
    [["--path", "a b"], 2, '--path can\'t be "a b"'],
    [["--valid", "soon"], 2, '--valid can\'t be "soon"'],
    [["--line", "line9"], 3, "lines/line9/line.crt does not exist"],
  ])("refuses %j", (words, status, message) => {
    const ended = place.samicerts(["ocsp", "serve", ...words]);
    expect([ended.status, ended.stdout, ended.stderr.split("\n")[0]]).toEqual([
      status,
      "",
      `error: ${message}`,
    ]);
  });

  it("says where something listens already", async () => {
    const server = await serve(place.directory);
    const at = new URL(server.url).host;
    expect(place.samicerts(["ocsp", "serve", "--listen", at])).toMatchObject({
      status: 3,
      stderr: told(
        `can't listen at ${at}: something listens there already`,
        "end that first, or listen elsewhere: --listen 127.0.0.1:0 takes any port that is free",
      ),
    });
    await server.end("SIGTERM");
  });
});

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

async function next(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, "data")) as [Buffer];
  return chunk.toString("latin1");
}

function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
