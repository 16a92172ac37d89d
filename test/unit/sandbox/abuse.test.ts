import { connect, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Identity, makeScene, type Scene } from "./scene.ts";

/** What was read until a connection was closed. */
function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.on("error", () => {});
    socket.once("close", () => resolve(text));
  });
}

describe("who wants to wear the sandbox out", () => {
  let scene: Scene;
  let lamp: Identity;
  beforeAll(async () => {
    const limits = { handshakeMs: 300, headersMs: 300, requestMs: 600, mostHandshakes: 50 };
    scene = await makeScene({ limits });
    lamp = scene.vendor.issue(100000001);
  });
  afterAll(async () => {
    expect(scene.failures).toEqual([]);
    await scene.close();
  });
  const secure = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = tlsConnect({
        host: "127.0.0.1",
        port: scene.sandbox.apiPort,
        rejectUnauthorized: false,
        cert: lamp.cert,
        key: lamp.key,
      });
      socket.once("secureConnect", () => resolve(socket));
    });
  const plain = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(scene.sandbox.portalPort, "127.0.0.1", () => resolve(socket));
    });
  const stillServes = async () => expect((await scene.ask("GET", "/v1.1/devicetypes")).status).toBe(200);

  it("sends a body of 100 MB, and is told so before it has been read", async () => {
    const lengths = ["Content-Length: 100000000", "Transfer-Encoding: chunked"];
    for (const [begin, length] of [secure, plain].flatMap((each) =>
      lengths.map((one) => [each, one] as const),
    )) {
      const socket = await begin();
      const answer = untilClosed(socket);
      socket.write(`POST /v1.1/message HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n`);
      const piece = Buffer.concat([
        Buffer.from("10000\r\n"),
        Buffer.alloc(0x10000, 0x20),
        Buffer.from("\r\n"),
      ]);
      let sent = 0;
      const push = (): void => {
        while (!socket.destroyed && sent < 100_000_000) {
          sent += piece.length;
          if (!socket.write(piece)) {
            socket.once("drain", push);
            return;
          }
        }
      };
      push();
      expect(await answer).toMatch(/^HTTP\/1.1 413 .*"code":413/s);
      expect(sent).toBeLessThan(100_000_000);
    }
    await stillServes();
  });

  it("sends its request a letter at a time, and is let go", async () => {
    const texts = [
      "GET /v1.1/devicetypes HTT",
      "POST /v1.1/message HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{",
      "POST /signin HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nemail",
    ];
    for (const [begin, text] of [secure, plain].flatMap((each) => texts.map((one) => [each, one] as const))) {
      const socket = await begin();
      const answer = untilClosed(socket);
      socket.write(text);
      expect(await answer).not.toMatch(/ 200 /);
    }
    await stillServes();
  });

  it("opens connections and says nothing: so many are kept, the oldest go, and devices still get in", async () => {
    let closed = 0;
    const all = Array.from({ length: 200 }, () => {
      const socket = connect(scene.sandbox.apiPort, "127.0.0.1");
      socket.on("error", () => {});
      socket.once("close", () => closed++);
      return socket;
    });
    await Promise.all(all.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
    const first = all
      .slice(0, 100)
      .map(
        (socket) => new Promise((resolve) => (socket.closed ? resolve(true) : socket.once("close", resolve))),
      );
    await Promise.all(first);
    expect(closed).toBeGreaterThanOrEqual(100);
    await stillServes();
    await Promise.all(
      all.map(
        (socket) => new Promise((resolve) => (socket.closed ? resolve(true) : socket.once("close", resolve))),
      ),
    );
    await stillServes();
  });

  it("speaks no TLS, or no HTTP", async () => {
    const bare = connect(scene.sandbox.apiPort, "127.0.0.1");
    const answer = untilClosed(bare);
    bare.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(await answer).not.toMatch(/ 200 /);
    const socket = await secure();
    const closed = untilClosed(socket);
    socket.write("\x00\x01\x02 nonsense\r\n\r\n");
    expect(await closed).not.toMatch(/ 200 /);
    await stillServes();
  });

  it("asks for what there is not, in ways there are not", async () => {
    const asks: [string, string, number][] = [
      ["GET", "/", 404],
      ["GET", "/v1.1/%zz", 404],
      ["PATCH", "/v1.1/message", 404],
      ["TRACE", "/v1.1/message", 405],
      ["GET", "/v1.1/../../etc/passwd", 404],
    ];
    for (const [method, path, status] of asks)
      expect([path, (await scene.ask(method, path, { as: lamp })).status]).toEqual([path, status]);
    for (const body of [[], "x", null, 7])
      expect(await scene.ask("POST", "/v1.1/cert/devices/registrations", { as: lamp, body })).toMatchObject({
        status: 400,
      });
    const options = await scene.ask("OPTIONS", "/v1.1/message", {
      headers: { origin: "https://any.example" },
    });
    expect([options.status, options.headers["access-control-allow-origin"]]).toEqual([204, "*"]);
  });

  it("registers again and again: the last few requests are remembered, and the newest goes on", async () => {
    const busy = scene.vendor.issue(100000077);
    const body = { deviceTypeId: scene.type.id, vendorDeviceId: "busy" };
    const path = "/v1.1/cert/devices/registrations";
    const rids: string[] = [];
    for (let turn = 0; turn < 30; turn++)
      rids.push((await scene.ask("POST", path, { as: busy, body })).body.data.rid);
    const status = async (rid: string | undefined) =>
      (await scene.ask("GET", `${path}/${rid}/status`, { as: busy })).body;
    expect(await status(rids[0])).toMatchObject({ error: { code: 404 } });
    expect(await status(rids.at(-2))).toEqual({ data: { status: "REVOKED" } });
    expect(await status(rids.at(-1))).toEqual({ data: { status: "PENDING_USER_CONFIRMATION" } });
    expect(scene.platform.store.all("SELECT 1 FROM registrations").length).toBeLessThanOrEqual(21);
  });

  it("nests what it sends too deep, and is told so", async () => {
    const nested = (levels: number) => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);
    const { did, accessToken: token } = await scene.register(scene.vendor.issue(100000078));
    const as = scene.vendor.issue(100000079);
    const send = (levels: number) =>
      scene.ask("POST", "/v1.1/cert/devices/registrations", { as, body: { deviceTypeId: nested(levels) } });
    expect((await send(64)).body.error.message).toBe("the body has more than 64 levels");
    expect((await send(63)).body.error.message).toBe("deviceTypeId is missing");
    const socket = await secure();
    const deep = `{"sdid":"${did}","data":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    const answer = untilClosed(socket);
    socket.end(
      `POST /v1.1/message HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: bearer ${token}\r\nContent-Length: ${deep.length}\r\n\r\n${deep}`,
    );
    expect(await answer).toMatch(/^HTTP\/1.1 400 .*the body has more than 64 levels/s);
  });

  it("is noted a thousand times at most, and in a line of a thousand characters", async () => {
    for (let each = 0; each < 2500; each++)
      scene.platform.refusals.add({ what: "x".repeat(5000), status: 401, reason: `${each}` });
    const all = scene.platform.refusals.newest(5000);
    expect(all).toHaveLength(1000);
    expect(all[0]).toMatchObject({ reason: "2499", what: "x".repeat(1000) });
  });
});

describe("the hub", () => {
  it("sends for its own end nodes and for its users, each of whom sees their own alone", async () => {
    const scene = await makeScene();
    const [hub, other] = [scene.vendor.issue(100000001), scene.vendor.issue(100000002)];
    const { did } = await scene.register(hub, "Hub");
    await scene.register(other, "Other hub");
    const create = (as: Identity, token: string, uid: string, dtid = scene.type.id) =>
      scene.ask("POST", "/v1.1/devices", { as, token, body: { uid, dtid, name: "Node" } });
    const node = async ({ uid, token }: { uid: string; token: string }) =>
      (await create(hub, token, uid)).body.data.id;
    const [alices, bobs] = [await node(scene.alice), await node(scene.bob)];
    const send = (as: Identity, token: string, sdid: string) =>
      scene.ask("POST", "/v1.1/message", { as, token, body: { sdid, data: { of: sdid } } });
    expect(await send(hub, scene.alice.token, alices)).toMatchObject({ status: 200 });
    expect(await send(hub, scene.bob.token, bobs)).toMatchObject({ status: 200 });
    const refused = [
      await send(hub, scene.alice.token, bobs),
      await send(hub, scene.alice.token, did),
      await send(other, scene.alice.token, alices),
      await create(hub, scene.alice.token, scene.bob.uid),
      await create(scene.vendor.issue(100000003), scene.alice.token, scene.alice.uid),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(await create(hub, scene.alice.token, scene.alice.uid, "dt0")).toMatchObject({ status: 400 });
    const asObject = { as: hub, token: scene.alice.token, body: { dtid: { toString: 1 }, name: [] } };
    expect(await scene.ask("POST", "/v1.1/devices", asObject)).toMatchObject({ status: 400 });
    expect(scene.failures).toEqual([]);
    const last = (token: string, sdid: string) =>
      scene.ask("GET", `/v1.1/messages/last?sdids=${sdid}`, { token });
    expect((await last(scene.bob.token, bobs)).body.data).toMatchObject([{ data: { of: bobs } }]);
    expect(await last(scene.bob.token, alices)).toMatchObject({ status: 404 });
    const devices = scene.platform.devices.ofUser(scene.bob.uid);
    expect(devices).toMatchObject([{ did: bobs, hub: did }]);
    await scene.close();
  });
});
