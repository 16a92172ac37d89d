import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Identity, makeScene, type Scene } from "./scene.ts";

const PATH = "/v1.1/cert/devices/registrations";
const UNKNOWN = "0123456789abcdef0123456789abcdef";

describe("who is another than they say", () => {
  let scene: Scene;
  let lamp: Identity;
  let kettle: Identity;
  let lampIds: { did: string; accessToken: string };
  let kettleIds: { did: string; accessToken: string };
  beforeAll(async () => {
    scene = await makeScene();
    lamp = scene.vendor.issue(100000001);
    kettle = scene.vendor.issue(100000002);
    lampIds = await scene.register(lamp);
    kettleIds = await scene.register(kettle, "Kettle", scene.bob.token);
  });
  afterAll(async () => {
    expect(scene.failures).toEqual([]);
    await scene.close();
  });
  const send = (as: Identity | undefined, token: string | undefined, sdid: string) =>
    scene.ask("POST", "/v1.1/message", {
      ...(as === undefined ? {} : { as }),
      ...(token === undefined ? {} : { token }),
      body: { sdid, data: { a: 1 } },
    });

  it("sends nothing with the certificate of one device and the token of another, either way", async () => {
    expect(await send(lamp, kettleIds.accessToken, lampIds.did)).toMatchObject({ status: 403 });
    expect(await send(lamp, kettleIds.accessToken, kettleIds.did)).toMatchObject({ status: 403 });
    expect(await send(kettle, lampIds.accessToken, lampIds.did)).toMatchObject({ status: 403 });
    expect(await send(lamp, lampIds.accessToken, kettleIds.did)).toMatchObject({ status: 403 });
    expect(await send(scene.vendor.issue(100000003), lampIds.accessToken, lampIds.did)).toMatchObject({
      status: 403,
    });
    expect(await send(undefined, lampIds.accessToken, lampIds.did)).toMatchObject({ status: 401 });
    expect(await send(lamp, lampIds.accessToken, lampIds.did)).toMatchObject({ status: 200 });
  });

  it("sends nothing without a token, with one made up, or as a user who is no hub's", async () => {
    expect(await send(lamp, undefined, lampIds.did)).toMatchObject({ status: 401 });
    expect(await send(lamp, UNKNOWN, lampIds.did)).toMatchObject({ status: 401 });
    expect(await send(lamp, scene.alice.token, lampIds.did)).toMatchObject({ status: 403 });
  });

  it("reads neither another user's devices nor their data", async () => {
    const { alice, bob } = scene;
    const asks: [string, string, number][] = [
      ["GET", `/v1.1/messages/last?sdids=${kettleIds.did}`, 404],
      ["GET", `/v1.1/messages/last?sdids=${lampIds.did},${kettleIds.did}`, 404],
      ["GET", `/v1.1/messages?sdid=${kettleIds.did}`, 404],
      ["GET", `/v1.1/devices/${kettleIds.did}`, 404],
      ["DELETE", `/v1.1/devices/${kettleIds.did}`, 404],
      ["DELETE", `/v1.1/devices/${kettleIds.did}/registrations`, 404],
      ["GET", `/v1.1/users/${bob.uid}/devices`, 403],
    ];
    for (const [method, path, status] of asks)
      expect([path, (await scene.ask(method, path, { token: alice.token })).status]).toEqual([path, status]);
    const action = { ddid: kettleIds.did, data: { actions: [] } };
    expect(await scene.ask("POST", "/v1.1/actions", { token: alice.token, body: action })).toMatchObject({
      status: 404,
    });
    const mine = await scene.ask("GET", `/v1.1/users/${alice.uid}/devices`, { token: alice.token });
    expect(mine.body.data.devices.map(({ id }: { id: string }) => id)).toEqual([lampIds.did]);
    const other = { as: lamp, token: lampIds.accessToken };
    expect(await scene.ask("GET", `/v1.1/messages/last?sdids=${kettleIds.did}`, other)).toMatchObject({
      status: 403,
    });
    expect(await scene.ask("GET", `/v1.1/messages/last?sdids=${lampIds.did}`, other)).toMatchObject({
      status: 200,
    });
    const stolen = { as: kettle, token: lampIds.accessToken };
    expect(await scene.ask("GET", `/v1.1/messages/last?sdids=${lampIds.did}`, stolen)).toMatchObject({
      status: 403,
    });
  });

  it("does not use a device's token for what a user's is for", async () => {
    const token = lampIds.accessToken;
    expect(await scene.ask("GET", "/v1.1/users/self", { token, as: lamp })).toMatchObject({ status: 403 });
    const body = { pin: "AAAAAAAA", deviceName: "x" };
    expect(
      await scene.ask("PUT", "/v1.1/devices/registrations/pin", { token, as: lamp, body }),
    ).toMatchObject({ status: 403 });
  });

  it("guesses no registration, nor takes one that is another device's", async () => {
    const body = { deviceTypeId: scene.type.id, vendorDeviceId: "guess" };
    const { rid, pin, nonce } = (await scene.ask("POST", PATH, { as: scene.vendor.issue(100000004), body }))
      .body.data;
    expect(await scene.ask("GET", `${PATH}/${UNKNOWN}/status`, { as: lamp })).toMatchObject({ status: 404 });
    expect(await scene.ask("PUT", `${PATH}/${UNKNOWN}`, { as: lamp, body: { nonce } })).toMatchObject({
      status: 404,
    });
    expect(await scene.ask("GET", `${PATH}/${rid}/status`, { as: lamp })).toMatchObject({ status: 403 });
    const confirm = { token: scene.alice.token, body: { pin, deviceName: "x" } };
    expect(await scene.ask("PUT", "/v1.1/devices/registrations/pin", confirm)).toMatchObject({ status: 200 });
    expect(await scene.ask("PUT", `${PATH}/${rid}`, { as: lamp, body: { nonce } })).toMatchObject({
      status: 403,
    });
    const asBob = { token: scene.bob.token };
    expect(await scene.ask("GET", `/v1.1/devices/registrations/${rid}/status`, asBob)).toMatchObject({
      status: 404,
    });
    const last = scene.platform.refusals.newest(2).map(({ status }) => status);
    expect(last).toEqual([404, 403]);
  });

  it("keeps no token, nonce, PIN or password in a form that could be used", async () => {
    const body = { deviceTypeId: scene.type.id, vendorDeviceId: "secret" };
    const { pin, nonce } = (await scene.ask("POST", PATH, { as: scene.vendor.issue(100000005), body })).body
      .data;
    const kept = JSON.stringify(
      ["tokens", "registrations", "users", "sessions", "codes"].map((table) =>
        scene.platform.store.all(`SELECT * FROM ${table}`),
      ),
    );
    for (const secret of [pin, nonce, lampIds.accessToken, scene.alice.token, "alice password"])
      expect(kept).not.toContain(secret);
  });
});
