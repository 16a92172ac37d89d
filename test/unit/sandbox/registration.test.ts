import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, makeScene, SCENE_MS, type Scene } from "./scene.ts";

const PATH = "/v1.1/cert/devices/registrations";
const HEX = /^[0-9a-f]{32}$/;

describe("the flow of a secure device's registration", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await makeScene();
  });
  afterEach(async () => {
    expect(scene.failures).toEqual([]);
    await scene.close();
  });
  const open = (device = scene.vendor.issue(100000001), vendorDeviceId = "a1b2c3d4"): Promise<Answer> =>
    scene.ask("POST", PATH, { as: device, body: { deviceTypeId: scene.type.id, vendorDeviceId } });
  const confirm = (pin: string, token = scene.alice.token): Promise<Answer> =>
    scene.ask("PUT", "/v1.1/devices/registrations/pin", { token, body: { pin, deviceName: "My lamp" } });

  it("goes from the PIN to data that are read back", async () => {
    const device = scene.vendor.issue(100000001);
    const opened = await open(device);
    expect(opened.status).toBe(200);
    expect(opened.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(opened.headers["access-control-allow-origin"]).toBe("*");
    const { rid, pin, nonce, expiresOn } = opened.body.data;
    expect(Object.keys(opened.body.data)).toEqual(["rid", "pin", "nonce", "expiresOn"]);
    expect([rid, nonce].every((each) => HEX.test(each))).toBe(true);
    expect(pin).toMatch(/^[A-Z0-9]{8}$/);
    expect(expiresOn).toBe(SCENE_MS + 900_000);
    const status = async () => (await scene.ask("GET", `${PATH}/${rid}/status`, { as: device })).body.data;
    expect(await status()).toEqual({ status: "PENDING_USER_CONFIRMATION" });
    expect(await confirm(pin)).toMatchObject({ status: 200, body: { data: { rid } } });
    expect(await status()).toEqual({ status: "PENDING_DEVICE_COMPLETION" });
    const completed = await scene.ask("PUT", `${PATH}/${rid}`, { as: device, body: { nonce } });
    const { accessToken, uid, did } = completed.body.data;
    expect([accessToken, uid, did].every((each) => HEX.test(each))).toBe(true);
    expect(uid).toBe(scene.alice.uid);
    expect(await status()).toEqual({ status: "REGISTERED", did });
    const forUser = await scene.ask("GET", `/v1.1/devices/registrations/${rid}/status`, {
      token: scene.alice.token,
    });
    expect(forUser.body.data).toEqual({ status: "REGISTERED", did });

    const data = { stepCount: 100, timeInBed: 200, asleepTime: 10, calories: 150 };
    const sent = await scene.ask("POST", "/v1.1/message", {
      as: device,
      token: accessToken,
      body: { sdid: did, data },
    });
    expect(sent.body).toEqual({ data: { mid: expect.stringMatching(HEX) } });
    expect(sent.headers["x-rate-limit-limit"]).toBe("100/1000");
    expect(sent.headers["x-rate-limit-remaining"]).toBe("99/999");
    const resets = [SCENE_MS + 60_000, Date.UTC(2026, 0, 6)].map((ms) => ms / 1000).join("/");
    expect(sent.headers["x-rate-limit-reset"]).toBe(resets);
    const last = await scene.ask("GET", `/v1.1/messages/last?sdids=${did}&count=2`, {
      token: scene.alice.token,
    });
    expect(last.body).toMatchObject({
      size: 1,
      data: [{ mid: sent.body.data.mid, sdid: did, ts: SCENE_MS, data }],
    });
  });

  it("revokes an earlier request of the same device", async () => {
    const device = scene.vendor.issue(100000001);
    const first = (await open(device)).body.data;
    const second = (await open(device)).body.data;
    const status = await scene.ask("GET", `${PATH}/${first.rid}/status`, { as: device });
    expect(status.body.data).toEqual({ status: "REVOKED" });
    expect((await confirm(first.pin)).status).toBe(403);
    expect((await confirm(second.pin)).status).toBe(200);
  });

  it("answers 403 to a device that is registered already, 409 to a vendor's id that another has", async () => {
    const device = scene.vendor.issue(100000001);
    await scene.register(device);
    expect(await open(device)).toMatchObject({ status: 403, body: { error: { code: 403 } } });
    expect((await open(scene.vendor.issue(100000002), "id-05f5e101")).status).toBe(409);
  });

  it("can be undone by the owner, and done again for the same device id", async () => {
    const device = scene.vendor.issue(100000001);
    const { did, accessToken } = await scene.register(device);
    const path = `/v1.1/devices/${did}/registrations`;
    expect((await scene.ask("DELETE", path, { token: scene.bob.token })).status).toBe(404);
    expect((await scene.ask("DELETE", path, { token: scene.alice.token })).status).toBe(200);
    const body = { sdid: did, data: { a: 1 } };
    expect((await scene.ask("POST", "/v1.1/message", { as: device, token: accessToken, body })).status).toBe(
      401,
    );
    const { rid, pin, nonce } = (await open(device, "id-05f5e101")).body.data;
    const again = { token: scene.alice.token, body: { pin, deviceId: did } };
    expect((await scene.ask("PUT", "/v1.1/devices/registrations/pin", again)).status).toBe(200);
    const completed = await scene.ask("PUT", `${PATH}/${rid}`, { as: device, body: { nonce } });
    expect(completed.body.data.did).toBe(did);
  });
});
