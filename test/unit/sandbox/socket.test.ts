import { type TLSSocket, connect as tlsConnect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Identity, makeScene, type Scene } from "./scene.ts";

type Frame = Readonly<Record<string, unknown>>;

/** A connection whose frames are awaited one by one. */
interface Line {
  send(frame: unknown): void;
  next(): Promise<Frame>;
  closed(): Promise<number>;
  readonly socket: WebSocket;
}

describe("the WebSocket of devices", () => {
  let scene: Scene;
  let lamp: Identity;
  let ids: { did: string; accessToken: string };
  beforeAll(async () => {
    scene = await makeScene({ allowance: { perMinute: 20, perDay: 1000 } });
    lamp = scene.vendor.issue(100000001);
    ids = await scene.register(lamp);
  });
  afterAll(async () => {
    expect(scene.failures).toEqual([]);
    await scene.close();
  });
  const open = (
    as: Identity | undefined,
    options: { path?: string; headers?: Record<string, string> } = {},
  ) =>
    new Promise<Line>((resolve, reject) => {
      const socket = new WebSocket(
        `wss://127.0.0.1:${scene.sandbox.apiPort}${options.path ?? "/v1.1/websocket?ack=true"}`,
        {
          rejectUnauthorized: false,
          ...(as === undefined ? {} : { cert: as.cert, key: as.key }),
          ...(options.headers === undefined ? {} : { headers: options.headers }),
        },
      );
      const frames: Frame[] = [];
      const waiting: ((frame: Frame) => void)[] = [];
      socket.on("message", (raw) => {
        const frame = JSON.parse(String(raw)) as Frame;
        const taker = waiting.shift();
        if (taker === undefined) frames.push(frame);
        else taker(frame);
      });
      const closed = new Promise<number>((done) => socket.once("close", done));
      socket.once("open", () =>
        resolve({
          socket,
          send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
          next: () =>
            new Promise((taker) =>
              frames.length > 0 ? taker(frames.shift() as Frame) : waiting.push(taker),
            ),
          closed: () => closed,
        }),
      );
      socket.on("error", reject);
      socket.once("unexpected-response", (_, response) => {
        let body = "";
        response.on("data", (chunk) => (body += chunk));
        response.on("end", () => reject(new Error(`${response.statusCode} ${body}`)));
      });
    });
  const register = (did = ids.did, token = ids.accessToken) => ({
    type: "register",
    sdid: did,
    Authorization: `bearer ${token}`,
    cid: "c1",
  });

  it("registers, takes messages, acknowledges them, passes on actions, and pings", async () => {
    const line = await open(lamp);
    line.send(register());
    expect(await line.next()).toEqual({ data: { code: "200", message: "OK", cid: "c1" } });
    line.send({ type: "message", sdid: ids.did, data: "data payload", cid: 7 });
    const ack = (await line.next()).data as Frame;
    expect(ack).toEqual({ mid: expect.stringMatching(/^[0-9a-f]{32}$/), code: "200", message: "OK", cid: 7 });
    const [last] = scene.platform.messages.last(scene.alice.uid, [ids.did], 1);
    expect(last).toMatchObject({ mid: ack.mid, data: "data payload" });
    const body = { ddid: ids.did, data: { actions: [{ name: "setOn", parameters: {} }] } };
    await scene.ask("POST", "/v1.1/actions", { token: scene.alice.token, body });
    expect(await line.next()).toMatchObject({ type: "action", ddid: ids.did, data: body.data });
    scene.sandbox.ping();
    expect(await line.next()).toEqual({ type: "ping", ts: scene.nowMs });
    line.socket.terminate();
  });

  it("acknowledges nothing where it is not asked to, but what is wrong is always told", async () => {
    const line = await open(lamp, { path: "/v1.1/websocket" });
    line.send(register());
    await line.next();
    line.send({ type: "message", sdid: ids.did, data: { quiet: true } });
    line.send({ type: "message", sdid: ids.did, cid: "x" });
    expect(await line.next()).toEqual({ error: { code: 400, message: "data is missing", cid: "x" } });
    expect(scene.platform.messages.last(scene.alice.uid, [ids.did], 1)[0]).toMatchObject({
      data: { quiet: true },
    });
    line.socket.terminate();
  });

  it("passes no action on to a device that its owner has let go of, and ends its connection", async () => {
    const kettle = scene.vendor.issue(100000009);
    const { did, accessToken } = await scene.register(kettle, "Kettle");
    const line = await open(kettle);
    line.send(register(did, accessToken));
    await line.next();
    const asOwner = { token: scene.alice.token };
    const path = `/v1.1/devices/${did}/registrations`;
    expect((await scene.ask("DELETE", path, asOwner)).status).toBe(200);
    const received: unknown[] = [];
    line.socket.on("message", (raw) => received.push(raw));
    const body = { ddid: did, data: { actions: [{ name: "boil" }] } };
    expect((await scene.ask("POST", "/v1.1/actions", { ...asOwner, body })).status).toBe(200);
    await line.closed();
    expect(received).toEqual([]);
  });

  it("is not opened without a certificate that belongs, from another site, or elsewhere", async () => {
    const origin = { Origin: "https://evil.example" };
    await expect(open(undefined)).rejects.toThrow(/^401 .*no certificate was shown/);
    await expect(open(scene.vendor.issue(5, { selfSigned: true }))).rejects.toThrow(/^401 .*path/);
    await expect(open(lamp, { headers: origin })).rejects.toThrow(/^403 .*another site's/);
    await expect(open(lamp, { headers: { Host: "evil.example" } })).rejects.toThrow(/^421/);
    await expect(open(lamp, { path: "/elsewhere" })).rejects.toThrow(/^404/);
    const own = `https://127.0.0.1:${scene.sandbox.apiPort}`;
    (await open(lamp, { headers: { Origin: own } })).socket.terminate();
  });

  it("takes nothing before it is registered, nor with what is another device's, nor once that is over", async () => {
    const kettle = scene.vendor.issue(100000002);
    const other = await scene.register(kettle);
    const line = await open(lamp);
    const message = { type: "message", sdid: ids.did, data: 1 };
    const told = async (frame: unknown) => {
      line.send(frame);
      return ((await line.next()).error as Frame | undefined)?.code;
    };
    expect(await told(message)).toBe(401);
    expect(await told(register(other.did, other.accessToken))).toBe(403);
    expect(await told(register(ids.did, other.accessToken))).toBe(403);
    expect(await told(register(ids.did, "0".repeat(32)))).toBe(401);
    expect(await told({ type: "register", sdid: ids.did })).toBe(401);
    const kettles = await open(kettle);
    kettles.send(register(other.did, other.accessToken));
    await kettles.next();
    scene.platform.devices.clearRegistration(scene.alice.uid, other.did);
    kettles.send({ ...message, sdid: other.did });
    expect(((await kettles.next()).error as Frame).code).toBe(401);
    line.socket.terminate();
    kettles.socket.terminate();
  });

  it("answers what is no frame of the protocol, and goes on", async () => {
    const line = await open(lamp);
    for (const text of [
      "",
      "{",
      "null",
      "[]",
      "7",
      '"x"',
      "{}",
      '{"type":"message"}',
      '{"type":{},"sdid":[]}',
      '{"__proto__":1}',
      '{"type":"register","sdid":"x","Authorization":{"toString":1}}',
      '{"type":"message","sdid":{"toString":1},"data":1}',
      `{"type":"message","cid":${"[".repeat(60_000)}${"]".repeat(60_000)}}`,
    ])
      await new Promise<void>((resolve) => {
        line.send(text);
        void line.next().then((frame) => {
          expect([text, [400, 401].includes((frame.error as { code: number }).code)]).toEqual([text, true]);
          resolve();
        });
      });
    line.socket.send(Buffer.from([1, 2, 3]));
    expect(((await line.next()).error as Frame).code).toBe(400);
    line.send(register());
    expect(await line.next()).toMatchObject({ data: { code: "200" } });
    line.socket.terminate();
  });

  it("ends a connection whose frames are malformed, or too large", async () => {
    const large = await open(lamp);
    large.send(`"${"x".repeat(200_000)}"`);
    expect(await large.closed()).toBe(1009);
    const malformed: [string, Buffer][] = [
      ["not masked", Buffer.from([0x81, 0x01, 0x41])],
      ["reserved bits", Buffer.from([0xf1, 0x81, 0, 0, 0, 0, 0x41])],
      ["unknown opcode", Buffer.from([0x83, 0x81, 0, 0, 0, 0, 0x41])],
      ["a control frame in pieces", Buffer.from([0x09, 0x81, 0, 0, 0, 0, 0x41])],
      ["no UTF-8", Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
      ["a length of 2^63", Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ];
    for (const [what, bytes] of malformed) expect([what, await rawClose(bytes)]).toEqual([what, true]);
    expect((await scene.ask("GET", "/v1.1/devicetypes")).status).toBe(200);
  });

  it("ends a connection whose answers are not read, before they fill the memory", async () => {
    const line = await open(lamp);
    const ended = line.closed();
    line.socket.pause();
    // Each is answered with what it calls itself.
    const frame = JSON.stringify({ type: "message", sdid: "none", cid: "x".repeat(50_000) });
    const isOpen = () => line.socket.readyState === line.socket.OPEN;
    for (let sent = 0; sent < 2000 && isOpen(); sent++)
      await new Promise((resolve) => line.socket.send(frame, resolve));
    line.socket.resume();
    await ended;
    expect((await scene.ask("GET", "/v1.1/devicetypes")).status).toBe(200);
  });

  it("keeps to the same allowance as REST, and tells of it", async () => {
    scene.nowMs += 120_000;
    const line = await open(lamp);
    line.send(register());
    await line.next();
    for (let each = 0; each < 20; each++) line.send({ type: "message", sdid: ids.did, data: each });
    const acks = await Promise.all(Array.from({ length: 20 }, () => line.next()));
    expect(acks.every(({ data }) => data !== undefined)).toBe(true);
    line.send({ type: "message", sdid: ids.did, data: "too much" });
    expect(((await line.next()).error as Frame).code).toBe(429);
    const rest = { as: lamp, token: ids.accessToken, body: { sdid: ids.did, data: 1 } };
    const answer = await scene.ask("POST", "/v1.1/message", rest);
    expect([answer.status, answer.headers["x-rate-limit-remaining"]]).toEqual([
      429,
      expect.stringMatching(/^0\//),
    ]);
    scene.nowMs += 60_000;
    expect(await scene.ask("POST", "/v1.1/message", rest)).toMatchObject({ status: 200 });
    line.socket.terminate();
  });

  /** Whether a connection on which these octets come is closed. */
  function rawClose(bytes: Buffer): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const socket: TLSSocket = tlsConnect({
        host: "127.0.0.1",
        port: scene.sandbox.apiPort,
        rejectUnauthorized: false,
        cert: lamp.cert,
        key: lamp.key,
      });
      socket.once("secureConnect", () =>
        socket.write(
          "GET /v1.1/websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        ),
      );
      let upgraded = false;
      socket.on("data", (chunk) => {
        if (!upgraded && !String(chunk).startsWith("HTTP/1.1 101")) reject(new Error(String(chunk)));
        if (!upgraded) socket.write(bytes);
        upgraded = true;
      });
      socket.on("error", () => {});
      socket.once("close", () => resolve(upgraded));
    });
  }
});
