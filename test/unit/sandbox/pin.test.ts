import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../../../src/sandbox/api-error.ts";
import type { Confirmation } from "../../../src/sandbox/confirm.ts";
import { type Identity, makeScene, SCENE_MS, type Scene } from "./scene.ts";

const PATH = "/v1.1/cert/devices/registrations";

describe("the PIN", () => {
  let scene: Scene;
  let device: Identity;
  beforeEach(async () => {
    scene = await makeScene();
    device = scene.vendor.issue(100000001);
  });
  afterEach(() => scene.close());
  const open = async (as = device, vendorDeviceId = "a1") =>
    (await scene.ask("POST", PATH, { as, body: { deviceTypeId: scene.type.id, vendorDeviceId } })).body.data;
  const confirm = async (pin: string, token = scene.alice.token) => {
    const { status, body } = await scene.ask("PUT", "/v1.1/devices/registrations/pin", {
      token,
      body: { pin, deviceName: "Lamp" },
    });
    return [status, body.error?.message ?? body.data.vdid];
  };
  const status = async (rid: string) =>
    (await scene.ask("GET", `${PATH}/${rid}/status`, { as: device })).body.data.status;
  const refusedInPortal = (confirmation: Confirmation, uid = scene.alice.uid): string => {
    try {
      scene.platform.registrations.confirm(uid, {
        deviceName: "Lamp",
        deviceTypeId: scene.type.id,
        ...confirmation,
      });
    } catch (error) {
      if (error instanceof ApiError) return `${error.status} ${error.message}`;
      throw error;
    }
    return "confirmed";
  };

  it("is wrong three times at most: the fourth is refused though it is right, and the request is dead", async () => {
    const { rid, pin } = await open();
    expect((await confirm("AAAAAAA1"))[1]).toMatch(/2 attempts left/);
    expect((await confirm("AAAAAAA2"))[1]).toMatch(/1 attempt left/);
    expect((await confirm("AAAAAAA3"))[1]).toMatch(/third time/);
    expect(await confirm(pin)).toEqual([429, expect.stringMatching(/three wrong PINs/)]);
    expect(await status(rid)).toBe("REVOKED");
    expect((await confirm(pin, scene.bob.token))[0]).toBe(403);
    scene.nowMs = SCENE_MS + 15 * 60_000;
    const again = await open();
    expect(await confirm(again.pin)).toEqual([200, "a1"]);
  });

  it("goes with the last four digits at the portal, where the third wrong try kills the request", async () => {
    const { rid, pin } = await open();
    expect(refusedInPortal({ pin, lastFour: "9999" })).toMatch(/^403 .*2 attempts left/);
    expect(refusedInPortal({ pin: "AAAAAAAA", lastFour: "0001" })).toMatch(/^403 .*1 attempt left/);
    expect(await status(rid)).toBe("PENDING_USER_CONFIRMATION");
    expect(refusedInPortal({ pin, lastFour: "0002" })).toMatch(/^403 .*third time/);
    expect(await status(rid)).toBe("REVOKED");
    expect(refusedInPortal({ pin, lastFour: "0001" }, scene.bob.uid)).toMatch(/^403/);
  });

  it("is taken as typed, in small letters and with blanks around it", async () => {
    const { pin } = await open();
    expect(refusedInPortal({ pin: ` ${pin.toLowerCase()} `, lastFour: " 0001 " })).toBe("confirmed");
  });

  it("is good once, and for fifteen minutes", async () => {
    const { rid, pin, expiresOn } = await open();
    scene.nowMs = expiresOn;
    expect((await confirm(pin))[0]).toBe(403);
    expect(await status(rid)).toBe("EXPIRED");
    const second = await open();
    expect(await confirm(second.pin)).toEqual([200, "a1"]);
    expect((await confirm(second.pin, scene.bob.token))[0]).toBe(403);
  });

  it("and the nonce too: not before the owner has said yes, not twice, not after it has expired", async () => {
    const complete = (rid: string, nonce: unknown) =>
      scene.ask("PUT", `${PATH}/${rid}`, { as: device, body: { nonce } });
    const { rid, pin, nonce } = await open();
    expect(await complete(rid, nonce)).toMatchObject({ status: 403 });
    await confirm(pin);
    for (const wrong of ["0".repeat(32), "", undefined, 7, nonce.toUpperCase(), `${nonce} `])
      expect(await complete(rid, wrong)).toMatchObject({ status: 401 });
    expect(await complete(rid, nonce)).toMatchObject({ status: 200 });
    expect(await complete(rid, nonce)).toMatchObject({ status: 401 });

    device = scene.vendor.issue(100000002);
    const late = await open(device, "a2");
    await confirm(late.pin);
    scene.nowMs = late.expiresOn;
    expect(await complete(late.rid, late.nonce)).toMatchObject({ status: 403 });
  });

  it("confirms for one user's device only where that is theirs and free", async () => {
    const { did } = await scene.register(device);
    const kettle = scene.vendor.issue(100000002);
    const { pin } = await open(kettle, "a2");
    const again = (token: string, deviceId: string) =>
      scene.ask("PUT", "/v1.1/devices/registrations/pin", { token, body: { pin, deviceId } });
    expect(await again(scene.bob.token, did)).toMatchObject({ status: 404 });
    expect(await again(scene.alice.token, did)).toMatchObject({ status: 409 });
  });

  it("leaves one device where two race for a vendor's id, and for a certificate", async () => {
    const kettle = scene.vendor.issue(100000002);
    const [first, second] = [await open(device, "same"), await open(kettle, "same")];
    await confirm(first.pin);
    await confirm(second.pin);
    const done = await Promise.all([
      scene.ask("PUT", `${PATH}/${first.rid}`, { as: device, body: { nonce: first.nonce } }),
      scene.ask("PUT", `${PATH}/${second.rid}`, { as: kettle, body: { nonce: second.nonce } }),
    ]);
    expect(done.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(scene.platform.devices.ofUser(scene.alice.uid)).toHaveLength(1);
  });
});
