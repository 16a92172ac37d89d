import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Identity, makeScene, type Scene } from "../unit/sandbox/scene.ts";

describe("whatever a client sends", () => {
  let scene: Scene;
  let lamp: Identity;
  let ids: { did: string; accessToken: string };
  beforeAll(async () => {
    scene = await makeScene({ allowance: { perMinute: 100_000, perDay: 100_000 } });
    lamp = scene.vendor.issue(100000001);
    ids = await scene.register(lamp);
  });
  afterAll(() => scene.close());

  const names = [
    ...["deviceTypeId", "vendorDeviceId", "pin", "deviceName", "deviceId", "nonce", "sdid", "data", "ts"],
    ...["type", "uid", "dtid", "name", "ddid", "cid", "Authorization", "grant_type", "code", "refresh_token"],
  ];
  /** What the platform knows, what it might take for something else, and anything. */
  const value = () =>
    fc.oneof(
      fc.constantFrom<unknown>(
        ids.did,
        ids.accessToken,
        scene.type.id,
        scene.alice.uid,
        "message",
        "register",
      ),
      fc.constantFrom<unknown>({ toString: 1 }, { length: 5 }, "__proto__", "\u0000", "\ud800", 1e308, [[]]),
      fc.jsonValue({ maxDepth: 3 }),
    );
  const body = () => fc.dictionary(fc.constantFrom(...names), value(), { maxKeys: 6 });

  it("is answered, and never as a failure of the sandbox's own: REST", async () => {
    const known = fc.constantFrom(
      ids.did,
      "0".repeat(32),
      "%00",
      "..",
      "__proto__",
      "%F0%9F%92%A5",
      "x".repeat(500),
    );
    const ask = fc.tuple(
      fc.constantFrom(
        ...["POST /v1.1/cert/devices/registrations", "PUT /v1.1/cert/devices/registrations/X"],
        ...[
          "PUT /v1.1/devices/registrations/pin",
          "POST /v1.1/message",
          "POST /v1.1/devices",
          "POST /v1.1/actions",
        ],
        ...[
          "GET /v1.1/messages?sdid=X&count=X&offset=X",
          "GET /v1.1/messages/last?sdids=X",
          "POST /v1.1/token",
        ],
        ...[
          "GET /v1.1/devices/X",
          "DELETE /v1.1/devices/X/registrations/",
          "POST /signin",
          "POST /authorize",
        ],
      ),
      known,
      body(),
      fc.constantFrom(ids.accessToken, scene.alice.token, scene.bob.token, undefined),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(ask, async ([asked, id, sent, token, plain]) => {
        const [method = "", path = ""] = asked.split(" ");
        const { status } = await scene.ask(method, path.replaceAll("X", id), {
          as: lamp,
          ...(method === "GET" ? {} : { body: sent }),
          ...(token === undefined ? {} : { token }),
          ...(plain ? { plain } : {}),
        });
        expect(status).toBeLessThan(500);
        expect(scene.failures).toEqual([]);
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it("is answered, and never as a failure of the sandbox's own: frames of a WebSocket", async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${scene.sandbox.apiPort}/v1.1/websocket?ack=true`, {
      rejectUnauthorized: false,
      cert: lamp.cert,
      key: lamp.key,
    });
    const codes: unknown[] = [];
    let answered = (): void => {};
    socket.on("message", (raw) => {
      const { error, data } = JSON.parse(String(raw));
      if (error === undefined && data === undefined) return;
      codes.push(error?.code ?? 200);
      answered();
    });
    await new Promise((resolve) => socket.once("open", resolve));
    await fc.assert(
      fc.asyncProperty(body(), fc.constantFrom("register", "message", "x"), async (frame, type) => {
        const answer = new Promise<void>((resolve) => (answered = resolve));
        socket.send(JSON.stringify({ ...frame, type }));
        await answer;
        expect(Number(codes.at(-1))).toBeLessThan(500);
        expect(scene.failures).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    socket.terminate();
  }, 60_000);
});
